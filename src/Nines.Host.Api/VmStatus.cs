namespace Nines.Host.Api;

/// <summary>What a host observes of one machine.</summary>
public sealed record VmStatus
{
    public required string Id { get; init; }

    public required VmState State { get; init; }

    /// <summary>The boot generation that the state speaks of.</summary>
    public required long BootGeneration { get; init; }

    /// <summary>The last reboot generation that was carried out.</summary>
    public long RebootGeneration { get; init; }

    /// <summary>Why it does not run; <see cref="VmEndReason.None"/> while it does.</summary>
    public VmEndReason EndReason { get; init; }

    /// <summary>What a user should read about it, or <see langword="null"/>.</summary>
    public string? Message { get; init; }

    /// <summary>When it entered this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether this boot began as a copy of kept memory.</summary>
    public bool FastLaunched { get; init; }

    /// <summary>Whether its guest answers on its network.</summary>
    public VmReachability Reachability { get; init; }

    /// <summary>Volumes that the guest has now, in no order; empty while it does not run.</summary>
    public VolumeIds Disks { get; init; } = VolumeIds.None;

    /// <summary>Adapters that the guest has now, by what it knows of them; empty while it does not run.</summary>
    public MacAddresses Adapters { get; init; } = MacAddresses.None;

    /// <summary>Which accelerator runs it (<c>kvm</c>, <c>tcg</c>), or <see langword="null"/>.</summary>
    public string? Accelerator { get; init; }
}
