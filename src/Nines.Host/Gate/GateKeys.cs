using System.Collections.Concurrent;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Volumes;
using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>Tells which kept guest a machine can be a copy of.</summary>
internal sealed class GateKeys(HostOptions options, IHostCommands commands, AcceleratorProbe probe, ImageStore images)
{
    /// <summary>Names that are in every command line and are no part of what the machine is.</summary>
    private static readonly HostOptions Anywhere = new() { HostId = "", StateDirectory = "/state", RunDirectory = "/run", ImagesDirectory = "/images" };

    private readonly ConcurrentDictionary<FastLaunchSpec, GateKey?> _known = new();
    private string? _hypervisor;

    /// <summary>What a machine can be a copy of; <see langword="null"/> when it has to boot.</summary>
    /// <param name="snapshotId">The snapshot that its root disk starts as, or <see langword="null"/>.</param>
    public Task<GateKey?> OfAsync(VmSpec spec, string? snapshotId, CancellationToken cancellationToken) =>
        spec is { FastLaunchOwner: { } owner, Disks.Length: > 0 and <= QemuCommandLine.DiskPorts, Interfaces.Length: > 0 }
            ? OfAsync(new FastLaunchSpec(spec.ImageDigest, owner, spec.InstanceType, spec.VCpus, spec.MemoryMiB, snapshotId), cancellationToken)
            : Task.FromResult<GateKey?>(null);

    /// <summary>The kept guest of an image for a shape; <see langword="null"/> when the image has no gate or is not here.</summary>
    public async Task<GateKey?> OfAsync(FastLaunchSpec spec, CancellationToken cancellationToken)
    {
        if (spec.SnapshotId is { } snapshotId && !CanBeKept(snapshotId))
        {
            return null;
        }

        if (_known.TryGetValue(spec, out var known))
        {
            return known;
        }

        if (images.FindByDigest(spec.ImageDigest) is not { } image)
        {
            return null;
        }

        var accelerators = await probe.GetAsync(cancellationToken);
        var key = image.Manifest is { Gate: true, Devices: DeviceModel.Virtio } && accelerators is [{ } accelerator, ..] && spec.MemoryMiB >= image.Manifest.MinimumMemoryMiB
            ? WithDevices(new()
            {
                ImageDigest = spec.ImageDigest,
                Owner = spec.Owner,
                InstanceType = spec.InstanceType,
                VCpus = spec.VCpus,
                MemoryMiB = spec.MemoryMiB,
                Accelerator = accelerator,
                Hypervisor = await HypervisorAsync(accelerator, cancellationToken),
                Snapshot = spec.SnapshotId is { } id ? VolumeFiles.SnapshotOf(options, id) : null,
                Devices = "",
            }, image)
            : null;
        _known[spec] = key;
        return key;
    }

    /// <summary>Forgets what was found out, for accelerators may be another next time.</summary>
    public void Forget() => _known.Clear();

    /// <summary>Whether a snapshot is here. Memory that was read of an encrypted one would lie in the open.</summary>
    private bool CanBeKept(string snapshotId) =>
        File.Exists(VolumeFiles.SnapshotRecordOf(options, snapshotId)) && Volumes.Qcow2Header.Read(VolumeFiles.SnapshotOf(options, snapshotId)) is { IsEncrypted: false };

    private static GateKey WithDevices(GateKey key, Image image)
    {
        var launch = GateKeeper.LaunchOf(Anywhere, key, image with { Directory = "/image" }, "/kept", "tap", null);
        return key with { Devices = string.Join(' ', QemuCommandLine.Arguments(launch)) };
    }

    /// <summary>Emulated, the processor is the hypervisor's; else it is the machine's.</summary>
    private async Task<string> HypervisorAsync(string accelerator, CancellationToken cancellationToken)
    {
        _hypervisor ??= (await commands.RunAsync(new(options.QemuProgram, "--version"), cancellationToken)).Output.Split('\n')[0];
        var processor = accelerator == "kvm"
            ? string.Join(' ', File.ReadLines("/proc/cpuinfo")
                .Where(line => line.StartsWith("model name", StringComparison.Ordinal) || line.StartsWith("flags", StringComparison.Ordinal)).Distinct())
            : "";
        return $"{_hypervisor} {processor}";
    }
}
