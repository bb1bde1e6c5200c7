using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>
/// Everything that one host shall be, at one generation. A host accepts a whole state or none of it, and refuses a
/// generation that is not newer than the last it accepted: work that was delayed on its way can do no harm.
/// </summary>
/// <remarks>
/// Nothing is removed by being left out. A server, volume or network that shall go is present and says so
/// (<see cref="VmPower.Terminated"/>, <see cref="Presence.Absent"/>) until the host reports it gone; whatever a host has and its
/// desired state does not name is left running and reported as unknown.
/// </remarks>
public sealed record HostState
{
    /// <summary>Grows with every change of the desired state of this host; never reused.</summary>
    public required long Generation { get; init; }

    /// <summary>Virtual private clouds that have an adapter on this host, by id (<c>vpc-…</c>).</summary>
    public ImmutableDictionary<string, VpcSpec> Vpcs { get; init; } = ImmutableDictionary<string, VpcSpec>.Empty;

    /// <summary>Disks that lie on this host, by id (<c>vol-…</c>).</summary>
    public ImmutableDictionary<string, VolumeSpec> Volumes { get; init; } = ImmutableDictionary<string, VolumeSpec>.Empty;

    /// <summary>Snapshots that lie on this host, by id (<c>snap-…</c>).</summary>
    public ImmutableDictionary<string, SnapshotSpec> Snapshots { get; init; } = ImmutableDictionary<string, SnapshotSpec>.Empty;

    /// <summary>Disks that come out of buckets or go into them, by id.</summary>
    public ImmutableDictionary<string, TransferSpec> Transfers { get; init; } = ImmutableDictionary<string, TransferSpec>.Empty;

    /// <summary>What the host shall keep memory of before anybody asks for a machine of it.</summary>
    public ImmutableArray<FastLaunchSpec> FastLaunches { get; init; } = [];

    /// <summary>Virtual machines of this host, by instance id (<c>i-…</c>).</summary>
    public ImmutableDictionary<string, VmSpec> Vms { get; init; } = ImmutableDictionary<string, VmSpec>.Empty;

    /// <summary>What differs from the generation before, for a host that still has that one; <see langword="null"/>: anything may.</summary>
    public HostStateChanges? Changes { get; init; }
}
