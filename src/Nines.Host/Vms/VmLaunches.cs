using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Mirrors;
using Nines.Host.Networks;
using Nines.Host.Replicas;
using Nines.Host.Volumes;

namespace Nines.Host.Vms;

/// <summary>What a machine is started with: its image, disks and taps, and whether it boots, resumes or is a copy of a kept guest.</summary>
internal sealed class VmLaunches(
    HostOptions options, ImageStore images, INetworks networks, AcceleratorProbe probe, InstantLaunches instant, VolumeStore volumes, MirrorStore mirrors, ReplicaStore replicas, VmRecords records,
    Func<HostState> desired)
{
    /// <summary>The kept guest that a root disk is made for: its machine has never run.</summary>
    public async Task<string?> KeptForAsync(VolumeSpec volume, CancellationToken cancellationToken)
    {
        var startsAsOther = volume.ImageDigest is not null || volume.SnapshotId is not null;
        var spec = !startsAsOther || volume.Replication is VolumeReplication.Synchronous ? null : desired().Vms.Values.FirstOrDefault(vm => vm.Disks is [{ } root, ..] && root.VolumeId == volume.Id);
        return spec is null || records.Load(spec.Id).Phase is not VmPhase.New ? null : await instant.KeptForAsync(spec, volume.SnapshotId, cancellationToken);
    }

    /// <summary>How a machine is to be started now.</summary>
    /// <exception cref="VmStartException">Its image or a disk is not here, or nothing here boots a guest.</exception>
    public async Task<VmLaunch> PrepareAsync(VmSpec spec, VmRecord record, CancellationToken cancellationToken)
    {
        spec = spec with { Interfaces = spec.Interfaces.RemoveAll(adapter => adapter.Leaving) };
        var restored = record.Phase is VmPhase.New ? await RestoredAsync(spec, cancellationToken) : null;
        var image = FirmwareImage.Find(spec.ImageDigest) ?? images.FindByDigest(spec.ImageDigest) ?? throw new VmStartException($"Image {spec.ImageDigest} is not on this host.");
        var accelerators = await probe.GetAsync(cancellationToken);
        var launch = new VmLaunch
        {
            // A copy begins with the disk and the adapter that the kept guest had; others are plugged in.
            Spec = restored is null ? spec : spec with { Interfaces = spec.Interfaces[..1] },
            Files = new VmFiles(options, spec.Id),
            Image = image,
            Accelerator = accelerators is [{ } best, ..] ? best : throw new VmStartException("No accelerator of this host boots a guest."),
            HasHyperV = probe.HasHyperV,
            Disks = [.. (restored is null ? spec.Disks : spec.Disks[..1]).Select(disk => DiskOf(disk, record))],
            Taps = [.. spec.Interfaces.Select(adapter => networks.TapOf(adapter.Id))],
            NamespacePath = spec.Interfaces is [{ } first, ..] ? networks.NamespacePathOf(first.VpcId) : null,
            Restored = restored,
            Memory = restored is null ? null : RestoredGuest.Memory,
        };
        var devices = launch.Disks.Select((disk, index) => DiskDevice.Of(image.Manifest.Devices, index, disk.IsMirrored));
        if (devices.FirstOrDefault(device => !device.HasPlace) is { } homeless)
        {
            throw new VmStartException($"A disk with two copies is one of the first {DiskDevice.AhciPorts} of a machine without virtio; {spec.Disks[homeless.Port].VolumeId} is not.");
        }

        if (record.Hibernated is not { } hibernated || !File.Exists(launch.Files.HibernatedState))
        {
            return launch;
        }

        var resumed = launch with { IsResumed = true, Memory = hibernated.HasGate ? GuestMemory.Own : null };
        return Hibernation.DevicesOf(resumed) == hibernated.Devices ? resumed : launch;
    }

    /// <summary>A disk to be opened. A machine that goes on from where it was hibernated is started as it was then, so its disk's copy is not known to be in step.</summary>
    private VmLaunchDisk DiskOf(VmDisk disk, VmRecord record)
    {
        var isMirrored = mirrors.StateOf(disk.VolumeId) is not null;
        if (!isMirrored && volumes.LossOf(disk.VolumeId) is { } loss)
        {
            // It was there when somebody last looked.
            throw new VmStartException(loss);
        }

        return new VmLaunchDisk(
            disk.VolumeId, VolumeFiles.PathOf(options, disk.VolumeId), KeyOf(disk), isMirrored, record.Hibernated is null && replicas.InStepOf(disk.VolumeId) is not null);
    }

    private DiskKey? KeyOf(VmDisk disk) => desired().Volumes.GetValueOrDefault(disk.VolumeId)?.Key;

    /// <summary>What a machine that never ran is a copy of: the guest that its root disk was made for.</summary>
    private async Task<RestoredGuest?> RestoredAsync(VmSpec spec, CancellationToken cancellationToken) =>
        spec is { Disks: [{ } root, ..], Interfaces: [{ } adapter, ..] }
        && VolumeFiles.KeptOf(options, root.VolumeId) is { } keptTag
        && desired().Vpcs.GetValueOrDefault(adapter.VpcId) is { } vpc
        && volumes.SizeOf(root.VolumeId) is { } bytes
        && await instant.FindAsync(spec, keptTag, cancellationToken) is { } kept
            ? new RestoredGuest(kept, instant.DocumentOf(spec, vpc), bytes, instant.ZygoteOf(kept))
            : null;
}
