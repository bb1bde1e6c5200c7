using Nines.Wire.Signing;

namespace Nines.Control.Identity;

/// <summary>What the caller of the program says about the account.</summary>
internal sealed record IdentityOptions
{
    /// <summary>The account of a new state, when none is asked for.</summary>
    public const string DefaultAccountId = "123456789012";

    /// <summary>The region, when none is asked for.</summary>
    public const string DefaultRegion = "us-east-1";

    /// <summary>The account; null: the one that the state has, or the default one.</summary>
    public string? AccountId { get; init; }

    /// <summary>The region of this cloud.</summary>
    public string Region { get; init; } = DefaultRegion;

    /// <summary>The root's keys; null: those that the state has, or new ones.</summary>
    public Credentials? RootKeys { get; init; }

    /// <summary>Where the credentials file is written; null: nowhere.</summary>
    public string? StateDirectory { get; init; }
}
