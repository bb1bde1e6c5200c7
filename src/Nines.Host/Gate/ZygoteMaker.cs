using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Nines.Host.Files;
using Nines.Host.Forks;
using Nines.Host.Images;
using Nines.Host.Networks;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Gate;

/// <summary>Makes zygotes: restores a kept guest as the one that it is, lets it rehearse what its copies will do, and has it stand still.</summary>
internal sealed class ZygoteMaker(
    HostOptions options, IHostCommands commands, INetworks networks, HypervisorUser user, QemuLauncher launcher, KeptGuests guests, TimeProvider time, ILogger<ZygoteMaker> logger)
{
    /// <summary>For all of it; a busy machine shares its processors with many.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    /// <summary>How often a guest may try: a timer of its system that comes due at the wrong moment makes one of no use.</summary>
    private const int Rehearsals = 2;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether kept guests for an accelerator can have one: KVM holds on to the process that opened it.</summary>
    public static bool CanBeOf(GateKey key) => key.Accelerator == "tcg" && FrozenProcess.IsSupported;

    /// <summary>Where the disk lies of one that is being made.</summary>
    public static string FolderOf(HostOptions options) => Path.Combine(GateKeeper.PlaceOf(options).StateDirectory, "zygote");

    /// <summary>Makes one.</summary>
    /// <exception cref="VmStartException">It cannot be made of this guest.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public async Task<Zygote> MakeAsync(KeptGuest kept, Image image, CancellationToken cancellationToken)
    {
        for (var attempt = 1; kept.Record.Rehearses && attempt <= Rehearsals; attempt++)
        {
            try
            {
                return await MakeAsync(kept, image, rehearses: true, cancellationToken);
            }
            catch (VmStartException exception)
            {
                logger.RehearsalFailed(exception, kept.Id, attempt, Rehearsals);
            }
        }

        return await MakeAsync(kept, image, rehearses: false, cancellationToken);
    }

    private async Task<Zygote> MakeAsync(KeptGuest kept, Image image, bool rehearses, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        Zygote? made = null;
        try
        {
            await using (var undo = new UndoStack())
            {
                var (tap, namespacePath) = await networks.OpenGateAsync(either.Token);
                undo.Push(() => networks.CloseGateAsync(CancellationToken.None));
                await MakeAsync(kept, image, rehearses, tap, namespacePath, zygote => made = zygote, either.Token);
            }

            return made!;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            made?.Dispose();
            throw new VmStartException($"The guest was not ready to be forked within {Timeout.TotalMinutes:0} minutes.");
        }
        catch (Exception exception)
        {
            made?.Dispose();
            if (exception is QmpException or SocketException or System.ComponentModel.Win32Exception)
            {
                throw new VmStartException($"No zygote could be made of the guest: {exception.Message}");
            }

            throw;
        }
    }

    private async Task MakeAsync(KeptGuest kept, Image image, bool rehearses, string tap, string namespacePath, Action<Zygote> made, CancellationToken cancellationToken)
    {
        if (kept.Record.HasBootId && kept.BootId is null)
        {
            throw new VmStartException("The guest's boot id is not in its memory as text.");
        }

        var folder = FolderOf(options);
        var generation = MachineIdentity.RandomUuid();
        var volumeId = $"kept-{kept.Id[..16]}"; // as long as a volume's serial number, and no volume's name
        var plain = GateKeeper.LaunchOf(GateKeeper.PlaceOf(options), kept.Record.Key, image, folder, tap, namespacePath);
        var launch = plain with
        {
            Disks = [plain.Disks[0] with { VolumeId = volumeId }],
            Memory = RestoredGuest.Memory,
            Restored = new RestoredGuest(kept, () => [], 0),
            IsZygote = true,
            Generation = generation,
        };
        Directory.CreateDirectory(launch.Files.Directory, FileModes.Passable);
        Directory.CreateDirectory(folder, FileModes.Passable);
        QemuMachine? machine = null;
        GatePort? port = null;
        try
        {
            await MakeDiskAsync(kept, launch.Disks[0].Path, cancellationToken);
            machine = await launcher.StartAsync(launch, process => new QemuMachine(launch.Files, process, time, _ => { }, () => { }), cancellationToken);
            port = await GatePort.ConnectAsync(launch.Files.GateSocket, cancellationToken);
            await LoadAsync(machine, launch, cancellationToken);
            if (rehearses)
            {
                await RehearseAsync(machine, launch, port, cancellationToken);
            }

            made(await FreezeAsync(machine, launch, port, tap, namespacePath, cancellationToken));
            await launcher.AbandonAsync(launch.Files, machine.Process, CancellationToken.None);
        }
        catch
        {
            port?.Dispose();
            if (machine is not null)
            {
                ProcessTable.Kill(machine.Process);
            }

            throw;
        }
        finally
        {
            if (machine is not null)
            {
                await machine.DisposeAsync();
            }

            // What a zygote has open of them it keeps, and its forks have others.
            await launcher.CleanUpAsync(launch.Files, CancellationToken.None);
            Directory.Delete(launch.Files.Directory, recursive: true);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>An empty disk over the kept guest's, which QEMU could not open for writing. Nothing is ever written to it.</summary>
    private async Task MakeDiskAsync(KeptGuest kept, string path, CancellationToken cancellationToken)
    {
        await commands.RunAsync(new("qemu-img", "create", "-q", "-f", "qcow2", "-b", guests.DiskOf(kept.Id), "-F", "qcow2", path), cancellationToken);
        File.SetUnixFileMode(path, FileModes.OwnerOnly);
        await user.GiveAsync(cancellationToken, path);
    }

    private async Task LoadAsync(QemuMachine machine, VmLaunch launch, CancellationToken cancellationToken)
    {
        await PageRelease.AllowAsync(machine.Process, cancellationToken);
        using var state = new MemoryStream(launch.Restored!.Kept.State);
        await MigrationStream.LoadAsync(
            await machine.MonitorAsync(cancellationToken), launch.Files.MigrationSocket, state, ignoreShared: true, cipher: null, time, cancellationToken);
    }

    private async Task RehearseAsync(QemuMachine machine, VmLaunch launch, GatePort port, CancellationToken cancellationToken)
    {
        var monitor = await machine.MonitorAsync(cancellationToken);
        // The machine itself answers at the other end of the cable.
        await commands.RunAsync(
            new("nsenter", $"--net={launch.NamespacePath}", "ip", "address", "replace", IdentityDocument.RehearsalRouter, "dev", launch.Taps[0]), cancellationToken);
        await monitor.ExecuteAsync(new SetLink(QemuCommandLine.AdapterId(0), Up: true), cancellationToken);
        await monitor.ContinueAsync(cancellationToken);
        await port.SendAsync(IdentityDocument.Rehearsal, cancellationToken);
        await port.WaitUntilRehearsedAsync(cancellationToken);
        await monitor.ExecuteAsync(new SetLink(QemuCommandLine.AdapterId(0), Up: false), cancellationToken);
        await Task.Delay(GateKeeper.SettleTime, time, cancellationToken);
        await monitor.ExecuteAsync(new Stop(), cancellationToken);
        if (await HasWrittenAsync(monitor, cancellationToken))
        {
            throw new VmStartException("The guest wrote to its disk while it rehearsed.");
        }
    }

    private static async Task<bool> HasWrittenAsync(QmpClient monitor, CancellationToken cancellationToken) =>
        (await monitor.ExecuteAsync<QueryBlockStats, System.Collections.Immutable.ImmutableArray<BlockStats>>(new QueryBlockStats(), cancellationToken)).Any(device => device.Stats.Writes > 0);

    private async Task<Zygote> FreezeAsync(QemuMachine machine, VmLaunch launch, GatePort port, string tap, string namespacePath, CancellationToken cancellationToken)
    {
        var tracer = new Tracer();
        try
        {
            await machine.DisposeAsync();
            var pid = machine.Process.Pid;
            IReadOnlyList<ProcessDescriptor> open;
            while ((open = ProcessDescriptor.AllOf(pid)).Any(descriptor => !descriptor.IsListening && descriptor.SocketPath == launch.Files.MonitorSocket))
            {
                // It has not noticed yet that nobody is at its monitor.
                await Task.Delay(PollInterval, time, cancellationToken);
            }

            var files = ZygoteFiles.Of(open, launch.Files, launch.Disks[0].Path);
            using var handle = NativeFiles.Of(pid, files.Tap);
            var settings = TapDescriptor.SettingsOf(handle, namespacePath, tap);
            var process = await tracer.RunAsync(() => FrozenProcess.Freeze(pid)).WaitAsync(cancellationToken);
            var kept = launch.Restored!.Kept;
            var identity = new MachineIdentity(QemuCommandLine.UuidOf(launch.Spec.Id), launch.Spec.Id, launch.Spec.Interfaces[0].MacAddress, kept.BootId);
            var forms = ZygoteIdentity.FormsOf(identity, launch.Disks[0].VolumeId, launch.Generation!.Value);
            var marks = ZygoteIdentity.Find(pid, forms, kept.Record.MemoryMarks);
            return new Zygote(kept, tracer, process, files, marks, settings, port, QemuCommandLine.NodeOf(launch.Disks[0].VolumeId));
        }
        catch
        {
            tracer.Dispose();
            throw;
        }
    }
}
