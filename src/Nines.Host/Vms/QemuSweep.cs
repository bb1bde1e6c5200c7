using Nines.Host.Processes;

namespace Nines.Host.Vms;

/// <summary>Ends every machine that this host ever started, known or not, and removes its files.</summary>
internal sealed class QemuSweep(HostOptions options, VmRecords records, QemuLauncher launcher, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when no process and no file of a machine is left.</summary>
    /// <exception cref="TimeoutException">A process does not end even by force.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var processes = Processes();
        processes.ForEach(ProcessTable.Kill);
        var started = time.GetTimestamp();
        while (processes.Exists(ProcessTable.IsAlive))
        {
            if (time.GetElapsedTime(started) > Deadline)
            {
                throw new TimeoutException($"Hypervisor processes do not end: {string.Join(", ", processes.Select(process => process.Pid))}.");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        foreach (var id in records.Ids().ToList())
        {
            await launcher.CleanUpAsync(new VmFiles(options, id), cancellationToken);
            records.Remove(id);
        }
    }

    /// <summary>A process is this host's when its monitor's socket, or its TPM's, lies in this host's folder; that needs no record to be left.</summary>
    private List<ProcessIdentity> Processes()
    {
        var sockets = $"path={options.RunDirectory.Replace(",", ",,", StringComparison.Ordinal)}/";
        return
        [
            .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
                .Select(name => int.TryParse(name, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && ProcessTable.ArgumentsOf(pid).Any(argument =>
                    (argument.StartsWith("socket,id=monitor,", StringComparison.Ordinal) || argument.StartsWith(TpmEmulator.SocketArgument, StringComparison.Ordinal)) && argument.Contains(sockets, StringComparison.Ordinal)))
                .Select(ProcessTable.Find).OfType<ProcessIdentity>(),
        ];
    }
}
