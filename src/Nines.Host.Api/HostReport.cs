using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>What a host observes: all of it, or what changed since a sequence number that the reader knows.</summary>
public sealed record HostReport
{
    /// <summary>Number of the newest observation in this report; pass it to the next call.</summary>
    public required long Sequence { get; init; }

    /// <summary>Whether this is everything; else only what changed. A host answers in full when it does not know the reader's number.</summary>
    public required bool Full { get; init; }

    /// <summary>The last generation that the host accepted.</summary>
    public required long AcceptedGeneration { get; init; }

    /// <summary>Whether the host began again and has not been told since what its disks are encrypted with, which it does not keep.</summary>
    public bool MissesSecrets { get; init; }

    public ImmutableArray<VmStatus> Vms { get; init; } = [];

    public ImmutableArray<VolumeStatus> Volumes { get; init; } = [];

    public ImmutableArray<SnapshotStatus> Snapshots { get; init; } = [];

    public ImmutableArray<TransferStatus> Transfers { get; init; } = [];

    public ImmutableArray<VpcStatus> Vpcs { get; init; } = [];

    public ImmutableArray<FastLaunchStatus> FastLaunches { get; init; } = [];
}
