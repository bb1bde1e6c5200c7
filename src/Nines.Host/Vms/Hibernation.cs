using System.Security.Cryptography;
using System.Text;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>Saves a machine's memory and devices beside its record, and lets it go on from there.</summary>
internal static class Hibernation
{
    /// <summary>What a machine's saved state fits: the command line, without where the state comes from.</summary>
    public static string DevicesOf(VmLaunch launch) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', QemuCommandLine.Arguments(launch with { Restored = null, IsResumed = false, Memory = launch.Memory is null ? null : GuestMemory.Own })))));

    /// <summary>Stops the processors and saves everything; the process is still there when this returns.</summary>
    /// <param name="cipher">What keeps the memory secret, if it must be.</param>
    /// <exception cref="QmpException">It could not be saved; the processors run again.</exception>
    public static async Task SaveAsync(
        QemuMachine machine, VmFiles files, HypervisorUser user, SavedMemoryCipher? cipher, TimeProvider time, CancellationToken cancellationToken)
    {
        var monitor = await machine.MonitorAsync(cancellationToken);
        await monitor.ExecuteAsync(new Stop(), cancellationToken);
        var next = files.HibernatedState + ".next";
        try
        {
            await MigrationStream.SaveAsync(monitor, user, files.MigrationSocket, next, ignoreShared: false, cipher, time, cancellationToken);
            File.Move(next, files.HibernatedState, overwrite: true);
        }
        catch (Exception exception) when (exception is QmpException or IOException)
        {
            File.Delete(next);
            await monitor.ContinueAsync(cancellationToken);
            throw new QmpException(Migrate.Name, exception.Message, exception);
        }
    }

    /// <summary>Loads what was saved and lets the processors run. What was saved is gone before they do: it fits the disks no longer.</summary>
    /// <exception cref="VmStartException">The hypervisor does not take it.</exception>
    public static async Task ResumeAsync(QemuMachine machine, VmFiles files, SavedMemoryCipher? cipher, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var monitor = await machine.MonitorAsync(cancellationToken);
            await using (var state = new FileStream(files.HibernatedState, FileMode.Open, FileAccess.Read))
            {
                await MigrationStream.LoadAsync(monitor, files.MigrationSocket, state, ignoreShared: false, cipher, time, cancellationToken);
            }

            File.Delete(files.HibernatedState);
            await monitor.ContinueAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is QmpException or System.Net.Sockets.SocketException or IOException or InvalidDataException)
        {
            throw new VmStartException($"The saved memory could not be loaded: {exception.Message}");
        }
    }
}
