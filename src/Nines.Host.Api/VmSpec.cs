using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>What one virtual machine shall be.</summary>
public sealed record VmSpec
{
    /// <summary>The instance id, <c>i-</c> and 17 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Digest of the image whose boot files (kernel, firmware) the machine starts with, or one that stands for firmware alone (<see cref="FirmwareBoot"/>).</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The shape that a user asked for, such as <c>t3.micro</c>; shown to the guest by SMBIOS and metadata.</summary>
    public required string InstanceType { get; init; }

    /// <summary>Whether the machine shall run.</summary>
    public required VmPower Power { get; init; }

    /// <summary>
    /// Counts the starts that were asked for. A machine that ended by itself stays ended for its generation, and runs again
    /// only when a newer one is asked for.
    /// </summary>
    public required long BootGeneration { get; init; }

    /// <summary>Counts the reboots that were asked for; a host reboots once when this exceeds what it has done in this boot.</summary>
    public long RebootGeneration { get; init; }

    /// <summary>Whether to power off without asking the guest.</summary>
    public bool ForceStop { get; init; }

    /// <summary>
    /// Whether a machine that shall be stopped is saved with its memory instead of being asked to shut down. Where that fails it is
    /// asked to shut down.
    /// </summary>
    public bool Hibernate { get; init; }

    /// <summary>How long a guest may take to shut down after the ACPI button, before it is powered off.</summary>
    public int StopTimeoutSeconds { get; init; } = 60;

    /// <summary>
    /// Whose kept memory the machine may be launched from at its first start (<see cref="FastLaunchSpec.Owner"/>), or
    /// <see langword="null"/>: it boots. A host that has none kept boots it too.
    /// </summary>
    public string? FastLaunchOwner { get; init; }

    /// <summary>Number of virtual processors.</summary>
    public required int VCpus { get; init; }

    /// <summary>Memory that the guest sees, in MiB.</summary>
    public required int MemoryMiB { get; init; }

    /// <summary>Processor time that the machine may use, in percent of one processor, all virtual processors together.</summary>
    public required int CpuLimitPercent { get; init; }

    /// <summary>Whether it has a TPM 2.0, whose content stays with it.</summary>
    public bool HasTpm { get; init; }

    /// <summary>Variables that its UEFI firmware has when it starts for the first time, as they lie in its flash one after the other, in base64; <see langword="null"/>: none, or it has started before.</summary>
    public string? UefiVariables { get; init; }

    /// <summary>Disks in the order of the guest's bus; the first is the root disk.</summary>
    public ImmutableArray<VmDisk> Disks { get; init; } = [];

    /// <summary>Adapters in the order of their device index.</summary>
    public ImmutableArray<VmInterface> Interfaces { get; init; } = [];

    /// <summary>What the metadata service tells this machine.</summary>
    public required InstanceMetadata Metadata { get; init; }
}
