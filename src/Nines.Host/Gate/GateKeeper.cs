using System.Collections.Immutable;
using System.Net.Sockets;
using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Images;
using Nines.Host.Networks;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Gate;

/// <summary>Boots an image to the gate, where it is nobody yet, and keeps its memory, its devices' state and its disk.</summary>
internal sealed class GateKeeper(
    HostOptions options, IHostCommands commands, INetworks networks, HypervisorUser user, QemuLauncher launcher, KeptGuests guests, TimeProvider time)
{
    /// <summary>A whole distribution takes minutes to come up where it is emulated on a busy machine.</summary>
    private static readonly TimeSpan BootTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Between what the guest says and standing still: what it began before may end.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The adapter's address in a kept guest; each copy gets its own in its place.</summary>
    private const string MacAddress = "06:9e:5a:d3:71:c8";

    /// <summary>Apart from the host's machines, which this is none of.</summary>
    public static HostOptions PlaceOf(HostOptions options) => options with { StateDirectory = Path.Combine(options.StateDirectory, "gate") };

    /// <summary>Keeps a guest.</summary>
    /// <exception cref="VmStartException">The guest did not come to the gate.</exception>
    public async Task KeepAsync(GateKey key, Image image, CancellationToken cancellationToken)
    {
        var staging = guests.Stage(key.Id);
        await using var undo = new UndoStack();
        undo.Push(() =>
        {
            guests.RemoveStaged();
            return Task.CompletedTask;
        });
        var (tap, namespacePath) = await networks.OpenGateAsync(cancellationToken);
        undo.Push(() => networks.CloseGateAsync(CancellationToken.None));
        var launch = await LaunchOfAsync(key, image, staging, tap, namespacePath, cancellationToken);
        var guest = await BootAsync(launch, staging, hasOldDisk: key.Snapshot is not null, cancellationToken);
        await FinishAsync(staging, cancellationToken);
        var identity = new MachineIdentity(QemuCommandLine.UuidOf(launch.Spec.Id), launch.Spec.Id, MacAddress, guest.BootId);
        await guests.PublishAsync(key.Id, staging, key, identity, guest.Rehearses, cancellationToken);
        undo.Complete();
        await networks.CloseGateAsync(cancellationToken);
    }

    /// <summary>Ends and removes what an interrupted keeping left.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        var all = VmFiles.AllOf(PlaceOf(options));
        foreach (var folder in Directory.Exists(all) ? Directory.GetDirectories(all) : [])
        {
            var files = new VmFiles(PlaceOf(options), Path.GetFileName(folder));
            if (QemuLauncher.Find(files, null) is { } process)
            {
                ProcessTable.Kill(process);
            }

            await launcher.CleanUpAsync(files, cancellationToken);
            Directory.Delete(folder, recursive: true);
        }

        if (Directory.Exists(ZygoteMaker.FolderOf(options)))
        {
            Directory.Delete(ZygoteMaker.FolderOf(options), recursive: true);
        }

        await networks.CloseGateAsync(cancellationToken);
    }

    /// <summary>A launch to keep a guest by; also what its devices are known by.</summary>
    /// <param name="key">What is kept, as far as it is known.</param>
    public static VmLaunch LaunchOf(HostOptions options, GateKey key, Image image, string folder, string tap, string? namespacePath)
    {
        var tag = GateTag.Of(key.Devices.Length == 0 ? new string('0', 13) : key.Id);
        return new()
        {
            Spec = new VmSpec
            {
                Id = tag,
                ImageDigest = key.ImageDigest,
                InstanceType = key.InstanceType,
                Power = VmPower.Running,
                BootGeneration = 1,
                VCpus = key.VCpus,
                MemoryMiB = key.MemoryMiB,
                CpuLimitPercent = 100 * key.VCpus,
                Disks = [new("vol-gate", image.Manifest.RootDeviceName)],
                Interfaces = [new("eni-gate", "vpc-gate", MacAddress, 0)],
                Metadata = Nobody(image),
            },
            Files = new VmFiles(options, tag),
            Image = image,
            Accelerator = key.Accelerator,
            Disks = [new("vol-gate", Path.Combine(folder, "disk.qcow2"))],
            Taps = [tap],
            NamespacePath = namespacePath,
            Memory = new GuestMemory(Path.Combine(folder, "memory"), Keep: true),
        };
    }

    private async Task<VmLaunch> LaunchOfAsync(
        GateKey key, Image image, string staging, string tap, string namespacePath, CancellationToken cancellationToken)
    {
        var launch = LaunchOf(PlaceOf(options), key, image, staging, tap, namespacePath);
        Directory.CreateDirectory(launch.Files.Directory, FileModes.Passable);
        var (disk, memory) = (launch.Disks[0].Path, launch.Memory!.Path!);
        await commands.RunAsync(new("qemu-img", "create", "-q", "-f", "qcow2", "-b", key.Snapshot ?? image.DiskPath, "-F", "qcow2", disk), cancellationToken);
        await File.WriteAllBytesAsync(memory, [], cancellationToken);
        File.SetUnixFileMode(memory, FileModes.OwnerOnly);
        File.SetUnixFileMode(disk, FileModes.OwnerOnly);
        await user.GiveAsync(cancellationToken, disk, memory);
        return launch;
    }

    private async Task<GuestAtGate> BootAsync(VmLaunch launch, string staging, bool hasOldDisk, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(BootTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        QemuMachine? machine = null;
        try
        {
            machine = await launcher.StartAsync(launch, process => new QemuMachine(launch.Files, process, time, _ => { }, () => { }), either.Token);
            var monitor = await machine.MonitorAsync(either.Token);
            await monitor.ExecuteAsync(new SetLink(QemuCommandLine.AdapterId(0), Up: false), either.Token);
            using var port = await GatePort.ConnectAsync(launch.Files.GateSocket, either.Token);
            var guest = await port.WaitForGuestAsync(hasOldDisk, either.Token);
            await Task.Delay(SettleTime, time, either.Token);
            await monitor.ExecuteAsync(new Stop(), either.Token);
            await MigrationStream.SaveAsync(
                monitor, user, launch.Files.MigrationSocket, Path.Combine(staging, "state"), ignoreShared: true, cipher: null, time, either.Token);
            await machine.PowerOffAsync(either.Token);
            File.Copy(launch.Files.ConsoleLog, Path.Combine(staging, "console.log"));
            return guest;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new VmStartException($"The guest did not come to the gate within {BootTimeout.TotalMinutes:0} minutes.");
        }
        catch (Exception exception) when (exception is QmpException or SocketException)
        {
            throw new VmStartException($"The guest could not be kept: {exception.Message}");
        }
        finally
        {
            await EndAsync(machine, launch.Files);
        }
    }

    private async Task EndAsync(QemuMachine? machine, VmFiles files)
    {
        if (machine is not null)
        {
            using var quick = new CancellationTokenSource(QuitTimeout, time);
            await machine.PowerOffAsync(quick.Token);
            await machine.DisposeAsync();
            await launcher.CleanUpAsync(files, CancellationToken.None);
        }

        Directory.Delete(files.Directory, recursive: true);
    }

    /// <summary>Takes the files from the hypervisor's user: memory and state are root's alone, the disk is for all hypervisors to read.</summary>
    private async Task FinishAsync(string staging, CancellationToken cancellationToken)
    {
        var (memory, disk) = (Path.Combine(staging, "memory"), Path.Combine(staging, "disk.qcow2"));
        await commands.RunAsync(new("chown", "0:0", memory), cancellationToken);
        await commands.RunAsync(new("chown", $"0:{user.Name}", disk), cancellationToken);
        await commands.RunAsync(new("fallocate", "--dig-holes", memory), cancellationToken);
        File.SetUnixFileMode(disk, FileModes.GroupReadable);
        await commands.RunAsync(new HostCommand("sync", memory, disk, Path.Combine(staging, "state")) { Timeout = TimeSpan.FromMinutes(2) }, cancellationToken);
    }

    private static InstanceMetadata Nobody(Image image) => new()
    {
        AccountId = "",
        Region = "",
        AvailabilityZone = "",
        AvailabilityZoneId = "",
        ImageId = image.AmiId,
        ReservationId = "",
        LaunchIndex = 0,
        LaunchTime = DateTimeOffset.UnixEpoch,
        EndpointEnabled = false,
    };
}
