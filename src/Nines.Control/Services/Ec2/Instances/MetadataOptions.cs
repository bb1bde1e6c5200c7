namespace Nines.Control.Services.Ec2.Instances;

/// <summary>How the instance metadata service treats one instance.</summary>
internal sealed record MetadataOptions
{
    /// <summary>What AWS gives an instance that asks for nothing and whose image asks for nothing.</summary>
    public static readonly MetadataOptions Default = new();

    /// <summary>Whether a session token is demanded (version 2 only).</summary>
    public bool TokensRequired { get; init; }

    /// <summary>IP time-to-live of the answer to a token request, 1 to 64.</summary>
    public int HopLimit { get; init; } = 1;

    /// <summary>Whether the service answers the instance at all.</summary>
    public bool EndpointEnabled { get; init; } = true;

    /// <summary>Whether the service shall answer on its IPv6 address; recorded, as networks here have no IPv6 yet.</summary>
    public bool Ipv6Enabled { get; init; }

    /// <summary>Whether the guest may read its tags.</summary>
    public bool TagsEnabled { get; init; }
}
