using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Images;

namespace Nines.Host.Vms;

/// <summary>Everything that a hypervisor's command line is made of.</summary>
internal sealed record VmLaunch
{
    public required VmSpec Spec { get; init; }

    public required VmFiles Files { get; init; }

    /// <summary>The image whose kernel or firmware starts the machine.</summary>
    public required Image Image { get; init; }

    /// <summary><c>kvm</c> or <c>tcg</c>.</summary>
    public required string Accelerator { get; init; }

    /// <summary>Whether that accelerator can tell a guest of Hyper-V.</summary>
    public bool HasHyperV { get; init; }

    /// <summary>Disks in the order of the bus.</summary>
    public ImmutableArray<VmLaunchDisk> Disks { get; init; } = [];

    /// <summary>Whether the machine is made once the hypervisor was told of disks over its monitor.</summary>
    public bool OpensDisksLater => Disks.Any(disk => disk.IsOpenedLater);

    /// <summary>Names of the taps, in the order of the specification's adapters.</summary>
    public ImmutableArray<string> Taps { get; init; } = [];

    /// <summary>The network namespace that the taps are in, or <see langword="null"/> when there are none.</summary>
    public string? NamespacePath { get; init; }

    /// <summary>Where the guest's memory comes from when it is kept or is to be kept; <see langword="null"/>: empty memory, and a boot.</summary>
    public GuestMemory? Memory { get; init; }

    /// <summary>Whether it is no machine, but what machines are forked of: a guest that stays who it was when it was kept.</summary>
    public bool IsZygote { get; init; }

    /// <summary>The generation of the machine that its guest can see; <see langword="null"/>: the hypervisor makes one up.</summary>
    public Guid? Generation { get; init; }

    /// <summary>Whether the machine goes on from where it was hibernated.</summary>
    public bool IsResumed { get; init; }

    /// <summary>What the machine is a copy of, or <see langword="null"/> when it boots.</summary>
    public RestoredGuest? Restored { get; init; }
}
