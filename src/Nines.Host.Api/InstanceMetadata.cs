using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>What the instance metadata service answers one machine (AWS: Instance metadata and user data).</summary>
public sealed record InstanceMetadata
{
    public required string AccountId { get; init; }
    public required string Region { get; init; }
    public required string AvailabilityZone { get; init; }
    public required string AvailabilityZoneId { get; init; }
    public required string ImageId { get; init; }
    public required string ReservationId { get; init; }
    public required int LaunchIndex { get; init; }
    public required DateTimeOffset LaunchTime { get; init; }

    /// <summary>Names of the security groups of the primary adapter.</summary>
    public ImmutableArray<string> SecurityGroupNames { get; init; } = [];

    /// <summary>Key pair's name, or <see langword="null"/> when launched without one.</summary>
    public string? KeyName { get; init; }

    /// <summary>Public key in OpenSSH's one-line form, or <see langword="null"/>.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Keys that let in for a short time; some may be over.</summary>
    public ImmutableArray<ActiveSshKey> ActiveSshKeys { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>User data, decoded; at most 16 KiB.</summary>
    public ImmutableArray<byte> UserData { get; init; } = [];

    /// <summary>Tags, shown only when <see cref="InstanceTagsEnabled"/>.</summary>
    public ImmutableDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    public bool InstanceTagsEnabled { get; init; }

    /// <summary>Whether the service answers this machine at all.</summary>
    public bool EndpointEnabled { get; init; } = true;

    /// <summary>Whether a session token is demanded (version 2 only).</summary>
    public bool TokensRequired { get; init; }

    /// <summary>IP time-to-live of the answer to a token request, 1 to 64.</summary>
    public int HopLimit { get; init; } = 1;

    /// <summary>The placement group's name, or <see langword="null"/>.</summary>
    public string? PlacementGroupName { get; init; }

    /// <summary>The partition of the placement group, or <see langword="null"/>.</summary>
    public int? PlacementPartition { get; init; }

    /// <summary>Instance profile ARN, or <see langword="null"/>.</summary>
    public string? InstanceProfileArn { get; init; }
}
