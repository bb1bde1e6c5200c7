using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>What a host is and can carry.</summary>
public sealed record HostFacts
{
    /// <summary>Name of the host, unique in the cloud.</summary>
    public required string Id { get; init; }

    /// <summary>Physical processors.</summary>
    public required int Cpus { get; init; }

    /// <summary>Physical memory in MiB.</summary>
    public required long MemoryMiB { get; init; }

    /// <summary>Accelerators that booted a probe guest, best first (<c>kvm</c>, <c>tcg</c>); empty when none did.</summary>
    public ImmutableArray<string> Accelerators { get; init; } = [];

    /// <summary>Whether machines exist only in memory.</summary>
    public bool Simulated { get; init; }
}
