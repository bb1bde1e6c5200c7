namespace Nines.Host.Simulated;

/// <summary>What a host in memory pretends to be, and how long its machines take.</summary>
public sealed record SimulatedHostOptions
{
    /// <summary>Name of the host, unique in the cloud.</summary>
    public required string HostId { get; init; }

    /// <summary>Processors that it claims to have.</summary>
    public int Cpus { get; init; } = 64;

    /// <summary>Memory that it claims to have, in MiB.</summary>
    public long MemoryMiB { get; init; } = 512 * 1024;

    /// <summary>From the start of a machine until it runs.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From the power button until the guest is down.</summary>
    public TimeSpan ShutdownTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a slow step takes longer; see <see cref="SimulatedFault.Slow"/>.</summary>
    public TimeSpan SlowTime { get; init; } = TimeSpan.FromSeconds(30);
}
