using Nines.Composition;

namespace Nines.Servers;

/// <summary>What <c>run</c> was asked for.</summary>
internal sealed record RunRequest
{
    public required CloudPaths State { get; init; }

    /// <summary>Name or id.</summary>
    public required string Image { get; init; }

    public required string InstanceType { get; init; }

    public required int Count { get; init; }

    /// <summary>Whether the servers outlive the command.</summary>
    public required bool Keep { get; init; }

    public required byte[]? UserData { get; init; }

    /// <summary>What to run in each server; nothing: a shell in the first.</summary>
    public required IReadOnlyList<string> Command { get; init; }
}
