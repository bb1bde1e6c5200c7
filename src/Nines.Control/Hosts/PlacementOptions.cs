namespace Nines.Control.Hosts;

/// <summary>How full hosts may get.</summary>
internal sealed record PlacementOptions
{
    /// <summary>Virtual processors that may be promised per physical one; most instances idle most of the time.</summary>
    public int CpuOvercommit { get; init; } = 64;

    /// <summary>Memory promised in percent of what instances may use; above 100 a host may run out of it.</summary>
    public int MemoryOvercommitPercent { get; init; } = 100;

    /// <summary>Memory in MiB that is kept for the host itself, at most a tenth of it.</summary>
    public long HostMemoryMiB { get; init; } = 1024;

    /// <summary>What a host offers to all its machines together.</summary>
    public Demand CapacityOf(HostRecord host) => new(
        (long)host.Cpus * CpuOvercommit,
        (host.MemoryMiB - Math.Min(HostMemoryMiB, host.MemoryMiB / 10)) * MemoryOvercommitPercent / 100);
}
