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
    /// <exception cref="VmStartException">It did not become who it should be; the machine is to be thrown away.</exception>
    public static async Task RestoreAsync(QemuMachine machine, VmLaunch launch, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await RestoreAsync(machine, launch, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new VmStartException($"The copy of kept guest {launch.Restored!.Kept.Id} was not itself within {TakeTimeout.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is QmpException or SocketException)
        {
            throw new VmStartException($"The copy of kept guest {launch.Restored!.Kept.Id} could not be made: {exception.Message}");
        }
    }

    private static async Task RestoreAsync(QemuMachine machine, VmLaunch launch, CancellationToken cancellationToken)
    {
        var restored = launch.Restored!;
        var forms = IdentityOf(launch, restored.Kept.Record.HasBootId).Forms();
        var monitor = await machine.MonitorAsync(cancellationToken);

        // Connected before the state comes in: to the guest, which was kept with somebody at the other end, nothing has changed.
        using var port = await GatePort.ConnectAsync(launch.Files.GateSocket, cancellationToken);
        using (var state = new MemoryStream(restored.Kept.StateOf(forms)))
        {
            await MigrationStream.LoadAsync(monitor, launch.Files.MigrationSocket, state, [MigrationCapability.IgnoreShared], cancellationToken);
        }

        ProcessMemory.Write(
            machine.Process, SealedMemory.MappingName, restored.Kept.Record.MemoryMarks.Select(mark => (mark.Offset, forms[mark.Form])));
        await monitor.ExecuteAsync(new BlockResize(QemuCommandLine.DiskNode(0), restored.DiskBytes), cancellationToken);
        await monitor.ExecuteAsync(new SetLink(QemuCommandLine.AdapterId(0), Up: true), cancellationToken);
        await monitor.ContinueAsync(cancellationToken);
        await port.SendAsync(restored.Document(), cancellationToken);
        await port.WaitUntilTakenAsync(cancellationToken);
    }

    /// <summary>The identity of the machine that a launch is for. Its boot id is the machine's own and this boot's.</summary>
    private static MachineIdentity IdentityOf(VmLaunch launch, bool withBootId) => new(
        QemuCommandLine.UuidOf(launch.Spec.Id),
        launch.Spec.Id,
        launch.Spec.Interfaces[0].MacAddress,
        withBootId ? RandomUuid() : null);

    /// <summary>A random UUID (RFC 9562, version 4), from the system's randomness: no two boots anywhere may have the same.</summary>
    private static string RandomUuid()
    {
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
