using System.Collections.Immutable;

namespace Nines.Host.Networks;

/// <summary>What a namespace shall hold, in the words of <see cref="NamespaceState"/>.</summary>
internal sealed record NamespaceLayout
{
    /// <summary>Taps that shall exist; other taps shall not.</summary>
    public ImmutableArray<string> Taps { get; init; } = [];

    /// <summary>Links that something else makes and that shall be switched on.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    public ImmutableArray<string> Addresses { get; init; } = [];

    public ImmutableArray<string> Routes { get; init; } = [];

    public ImmutableArray<string> Neighbours { get; init; } = [];

    /// <summary>The user who may open the taps.</summary>
    public string TapOwner { get; init; } = "root";
}
