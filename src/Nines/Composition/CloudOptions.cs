using System.Net;
using Nines.Control.Identity;

namespace Nines.Composition;

/// <summary>How a cloud shall be: what <c>up</c> takes.</summary>
internal sealed record CloudOptions
{
    public const int DefaultPort = 4566;
    public const int MaxZones = 6;
    public const int MaxSimulatedHosts = 1000;
    public const int MaxScrubHours = 24 * 366;
    public const int MaxCopySeconds = 24 * 3600;
    public const int MaxCpuOvercommit = 10_000;
    public const int MaxMemoryOvercommitPercent = 10_000;

    public required CloudPaths State { get; init; }

    /// <summary>Where the API listens; only this machine can reach the default.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port of the API; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Availability zones, 1 to <see cref="MaxZones"/>.</summary>
    public int Zones { get; init; } = 3;

    /// <summary>Hosts whose servers exist in memory only; 0: this machine is the host and servers are real.</summary>
    public int SimulatedHosts { get; init; }

    /// <summary>The account; <see langword="null"/>: the one that the state has, or the default one.</summary>
    public string? AccountId { get; init; }

    public string Region { get; init; } = IdentityOptions.DefaultRegion;

    /// <summary>Root keys; made at the first start when not given.</summary>
    public string? AccessKeyId { get; init; }

    public string? SecretAccessKey { get; init; }

    /// <summary>Whether every request is logged.</summary>
    public bool AccessLog { get; init; }

    /// <summary>Addresses that stand for the internet; two clouds on one machine need two pools.</summary>
    public string PublicPool { get; init; } = Host.Api.PublicPool.Default;

    /// <summary>Virtual processors that servers may be promised for each processor of a host.</summary>
    public int CpuOvercommit { get; init; } = 64;

    /// <summary>Memory promised to servers in percent of what the hosts have for them; idle servers use a small part of their promise.</summary>
    public int MemoryOvercommitPercent { get; init; } = 100;

    /// <summary>A folder on another disk, for the second copies of mirrored volumes; <see langword="null"/>: the one that the state has, or none.</summary>
    public string? Mirror { get; init; }

    /// <summary>How often the two copies of a mirrored volume in use are compared.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>From one moment of an asynchronously copied volume in use to the next.</summary>
    public TimeSpan ReplicaInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether guests reach what this machine reaches.</summary>
    public bool Egress { get; init; } = true;
}
