using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>How full a host is at one moment. Processor time counts up; two of these tell a rate.</summary>
public sealed record HostUsage
{
    /// <summary>When it was measured, by the host's own clock.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>Processor time that everything on the host took since it started.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Memory that could be used without taking any away, in bytes (proc_meminfo(5): MemAvailable).</summary>
    public long AvailableBytes { get; init; }

    /// <summary>How many guests are kept.</summary>
    public int KeptGuests { get; init; }

    /// <summary>Memory of kept guests that is loaded, in bytes; every copy of a guest shares it.</summary>
    public long KeptMemoryBytes { get; init; }

    /// <summary>What kept guests take on disk, in bytes.</summary>
    public long KeptDiskBytes { get; init; }

    /// <summary>Machines that have a process.</summary>
    public ImmutableArray<VmUsage> Vms { get; init; } = [];

    /// <summary>Volumes that shall have an asynchronous copy.</summary>
    public ImmutableArray<ReplicaUsage> Replicas { get; init; } = [];
}
