using System.Collections.Immutable;

namespace Nines.Host.Gate;

/// <summary>What is written beside a kept guest's files.</summary>
internal sealed record KeptGuestRecord
{
    /// <summary>What it was kept of, for people.</summary>
    public required GateKey Key { get; init; }

    public required DateTimeOffset KeptAt { get; init; }

    /// <summary>Size of the guest's memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>How much of it lies in the file; the rest is zero.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>Size of the file that its disk is.</summary>
    public long DiskBytes { get; init; }

    /// <summary>SHA-256 of the memory's stored parts, in order.</summary>
    public required string MemoryDigest { get; init; }

    /// <summary>SHA-256 of the devices' state.</summary>
    public required string StateDigest { get; init; }

    /// <summary>Whether the guest had a boot id, which every copy gets anew.</summary>
    public required bool HasBootId { get; init; }

    /// <summary>Whether it rehearses (<see cref="GuestAtGate"/>).</summary>
    public bool Rehearses { get; init; }

    /// <summary>Where the identity lies in the memory.</summary>
    public required ImmutableArray<IdentityMark> MemoryMarks { get; init; }

    /// <summary>Where it lies in what the console said.</summary>
    public required ImmutableArray<IdentityMark> ConsoleMarks { get; init; }

    /// <summary>Where it lies in the devices' state.</summary>
    public required ImmutableArray<IdentityMark> StateMarks { get; init; }
}
