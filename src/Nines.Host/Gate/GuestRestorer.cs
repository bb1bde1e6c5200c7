using System.Collections.Immutable;
using System.Net.Sockets;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Gate;

/// <summary>
/// Makes a hypervisor that has just started, with the kept memory mapped copy-on-write, the copy of a kept guest that one machine is:
/// the devices' state, the identity in memory, the disk's size, the cable, and then the word at the gate.
/// </summary>
internal static class GuestRestorer
{
    /// <summary>How long a guest may take to become who it is; a busy machine shares its processors with many.</summary>
    private static readonly TimeSpan TakeTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Restores, lets the processors run, and returns when the guest has taken its identity.</summary>
    /// <param name="forked">The connection to the gate's port of a machine that was forked of a zygote: all but its disk is as it must be.</param>
    /// <param name="plugDisks">Plugs in the disks that the kept guest did not have, and returns when the guest sees them: before it knows who it is.</param>
    /// <exception cref="VmStartException">It did not become who it should be; the machine is to be thrown away.</exception>
    public static async Task RestoreAsync(
        QemuMachine machine, VmLaunch launch, GatePort? forked, Func<QemuMachine, CancellationToken, Task>? plugDisks, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var step = "the monitor";
        try
        {
            using var port = forked ?? await ConnectAsync(machine, launch, next => step = next, either.Token);
            await (forked is null ? LoadAsync(machine, launch, time, next => step = next, either.Token) : PutDiskOverAsync(machine, launch, either.Token));
            await BecomeAsync(machine, launch, port, plugDisks, next => step = next, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new VmStartException($"The copy of kept guest {launch.Restored!.Kept.Id} was not itself within {TakeTimeout.TotalSeconds:0} s: it waited for {step}.");
        }
        catch (Exception exception) when (exception is QmpException or IOException or SocketException or UnauthorizedAccessException)
        {
            throw new VmStartException($"The copy of kept guest {launch.Restored!.Kept.Id} could not be made: {exception.Message}");
        }
    }

    /// <summary>Connected before the state comes in: to the guest, which was kept with somebody at the other end, nothing has changed.</summary>
    private static async Task<GatePort> ConnectAsync(QemuMachine machine, VmLaunch launch, Action<string> waitsFor, CancellationToken cancellationToken)
    {
        await machine.MonitorAsync(cancellationToken);
        waitsFor("the gate's port");
        return await GatePort.ConnectAsync(launch.Files.GateSocket, cancellationToken);
    }

    private static async Task LoadAsync(QemuMachine machine, VmLaunch launch, TimeProvider time, Action<string> waitsFor, CancellationToken cancellationToken)
    {
        var kept = launch.Restored!.Kept;
        var forms = IdentityOf(launch).Forms();
        await PageRelease.AllowAsync(machine.Process, cancellationToken);
        waitsFor("the devices' state");
        using var state = new MemoryStream(kept.StateOf(forms));
        await MigrationStream.LoadAsync(
            await machine.MonitorAsync(cancellationToken), launch.Files.MigrationSocket, state, ignoreShared: true, cipher: null, time, cancellationToken);
        ProcessMemory.Write(machine.Process, SealedMemory.MappingName, kept.Record.MemoryMarks.Select(mark => (mark.Offset, forms[mark.Form])));
    }

    /// <summary>A fork has its zygote's disk, to which nothing was written; its own, of the same kept disk, is put over that.</summary>
    private static async Task PutDiskOverAsync(QemuMachine machine, VmLaunch launch, CancellationToken cancellationToken)
    {
        var monitor = await machine.MonitorAsync(cancellationToken);
        var node = new DiskNode(launch.Disks[0].VolumeId, 0);
        await monitor.ExecuteAsync(new BlockdevAdd("file", node.FileName) { FileName = launch.Disks[0].Path }, cancellationToken);
        await monitor.ExecuteAsync(new OverlayAdd(node.Name, node.FileName), cancellationToken);
        await monitor.ExecuteAsync(new Transaction([new TransactionAction(new(launch.Restored!.Zygote!.DiskNode, node.Name))]), cancellationToken);
    }

    private static async Task BecomeAsync(
        QemuMachine machine, VmLaunch launch, GatePort port, Func<QemuMachine, CancellationToken, Task>? plugDisks, Action<string> waitsFor, CancellationToken cancellationToken)
    {
        waitsFor("the monitor");
        var restored = launch.Restored!;
        var monitor = await machine.MonitorAsync(cancellationToken);
        await monitor.ExecuteAsync(new SetLink(QemuCommandLine.AdapterId(0), Up: true), cancellationToken);
        await monitor.ContinueAsync(cancellationToken);

        // Newer hypervisors have no hold on the disk until the processors run; the guest looks at its size after it was told who it is.
        await monitor.ExecuteAsync(new BlockResize(QemuCommandLine.NodeOf(launch.Disks[0].VolumeId), restored.DiskBytes), cancellationToken);
        if (plugDisks is not null)
        {
            waitsFor("the guest to see its disks");
            await plugDisks(machine, cancellationToken);
        }

        waitsFor("the guest to read who it is");
        await port.SendAsync(restored.Document(), cancellationToken);
        waitsFor("the guest's answer");
        await port.WaitUntilTakenAsync(cancellationToken);
    }

    /// <summary>What the serial console of a machine has said before it went its own way.</summary>
    public static byte[] ConsoleOf(VmLaunch launch) =>
        launch.Restored is { Kept: var kept } ? kept.ConsoleOf(IdentityOf(launch, kept.Record.HasBootId ? Guid.Empty.ToString() : null).Forms()) : [];

    /// <summary>Who a machine is from now on; its boot id is a new one each time that this is asked.</summary>
    public static MachineIdentity IdentityOf(VmLaunch launch) => IdentityOf(launch, launch.Restored!.Kept.Record.HasBootId ? MachineIdentity.RandomUuid().ToString("D") : null);

    private static MachineIdentity IdentityOf(VmLaunch launch, string? bootId) => new(
        QemuCommandLine.UuidOf(launch.Spec.Id), launch.Spec.Id, launch.Spec.Interfaces[0].MacAddress, bootId);
}
