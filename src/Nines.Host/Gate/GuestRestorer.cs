using System.Collections.Immutable;
using System.Net.Sockets;
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
    /// <param name="plugDisks">Plugs in the disks that the kept guest did not have, and returns when the guest sees them: before it knows who it is.</param>
    /// <exception cref="VmStartException">It did not become who it should be; the machine is to be thrown away.</exception>
    public static async Task RestoreAsync(
        QemuMachine machine, VmLaunch launch, Func<QemuMachine, CancellationToken, Task>? plugDisks, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var step = "the monitor";
        try
        {
            await BecomeAsync(machine, launch, plugDisks, time, next => step = next, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new VmStartException($"The copy of kept guest {launch.Restored!.Kept.Id} was not itself within {TakeTimeout.TotalSeconds:0} s: it waited for {step}.");
        }
        catch (Exception exception) when (exception is QmpException or SocketException)
        {
            throw new VmStartException($"The copy of kept guest {launch.Restored!.Kept.Id} could not be made: {exception.Message}");
        }
    }

    private static async Task BecomeAsync(
        QemuMachine machine, VmLaunch launch, Func<QemuMachine, CancellationToken, Task>? plugDisks, TimeProvider time, Action<string> waitsFor, CancellationToken cancellationToken)
    {
        var restored = launch.Restored!;
        var forms = IdentityOf(launch, restored.Kept.Record.HasBootId ? RandomUuid() : null).Forms();
        var monitor = await machine.MonitorAsync(cancellationToken);

        waitsFor("the gate's port");

        // Connected before the state comes in: to the guest, which was kept with somebody at the other end, nothing has changed.
        using var port = await GatePort.ConnectAsync(launch.Files.GateSocket, cancellationToken);
        waitsFor("the devices' state");
        using (var state = new MemoryStream(restored.Kept.StateOf(forms)))
        {
            await MigrationStream.LoadAsync(monitor, launch.Files.MigrationSocket, state, ignoreShared: true, cipher: null, time, cancellationToken);
        }

        waitsFor("the monitor");
        ProcessMemory.Write(
            machine.Process, SealedMemory.MappingName, restored.Kept.Record.MemoryMarks.Select(mark => (mark.Offset, forms[mark.Form])));
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

    private static MachineIdentity IdentityOf(VmLaunch launch, string? bootId) => new(
        QemuCommandLine.UuidOf(launch.Spec.Id), launch.Spec.Id, launch.Spec.Interfaces[0].MacAddress, bootId);

    /// <summary>A random UUID (RFC 9562, version 4), from the system's randomness: no two boots anywhere may have the same.</summary>
    private static string RandomUuid()
    {
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
