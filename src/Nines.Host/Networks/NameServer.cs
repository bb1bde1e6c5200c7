using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Nines.Host.Processes;

namespace Nines.Host.Networks;

/// <summary>
/// One dnsmasq process and its files. It outlives this program and is found again by its pid file; a change of leases or names is
/// read by the running process, so that it answers all the time.
/// </summary>
/// <param name="directory">Where its files lie.</param>
/// <param name="namespacePath">The namespace that it runs in; the machine's own when <see langword="null"/>.</param>
internal sealed class NameServer(string directory, string? namespacePath, IHostCommands commands, TimeProvider time, ILogger logger)
{
    private const long MaxLogBytes = 1 << 20;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the process knows the files: one that was found may have missed the signal when its former owner died.</summary>
    private bool _told;

    /// <summary>Every lease that the process was ever told of.</summary>
    private string ServedPath => Path.Combine(directory, "served");

    private string LeasesPath => Path.Combine(directory, "leases");

    private string ConfigurationPath => Path.Combine(directory, "dnsmasq.conf");

    /// <summary>Whether the process lives.</summary>
    public bool Running => FindProcess() is not null;

    /// <summary>Makes the process run by these files.</summary>
    public async Task EnsureAsync(NameServerFiles files, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);

        // The process gives up root before it reads leases and names.
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        if (Differs(ConfigurationPath, files.Configuration) || IsReused(files.Leases))
        {
            // First, so that whoever comes after an interruption here sees that the files are not what a live process runs by.
            await StopAsync(cancellationToken);
        }

        WriteIfDifferent(ConfigurationPath, files.Configuration);
        var changed = WriteIfDifferent(LeasesPath, files.Leases) | WriteIfDifferent(Path.Combine(directory, "names"), files.Names);
        if (FindProcess() is not { } processId)
        {
            await StartAsync(cancellationToken);
        }
        else if (changed || !_told)
        {
            File.AppendAllText(ServedPath, files.Leases);
            TrimLog();
            _ = NativeMethods.SendSignal(processId, NativeMethods.SignalHangUp);
        }

        _told = true;
    }

    /// <summary>Starts the process again by the files that it had, when it died.</summary>
    public async Task ReviveAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(ConfigurationPath) && !Running)
        {
            logger.NameServerRevived(directory);
            await StartAsync(cancellationToken);
        }
    }

    /// <summary>Ends the process and waits for its end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var signal = NativeMethods.SignalTerminate;
        while (FindProcess() is { } processId)
        {
            _ = NativeMethods.SendSignal(processId, signal);
            if (time.GetElapsedTime(started) > StopTimeout)
            {
                signal = NativeMethods.SignalKill;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Ends the process and removes its files.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The process returns when it answers: dnsmasq detaches itself only after its sockets are open.</summary>
    private async Task StartAsync(CancellationToken cancellationToken)
    {
        File.Copy(LeasesPath, ServedPath, overwrite: true);
        string[] dnsmasq = ["dnsmasq", $"--conf-file={ConfigurationPath}"];
        var command = namespacePath is null
            ? new HostCommand(dnsmasq[0], dnsmasq[1])
            : new HostCommand("nsenter", [$"--net={namespacePath}", "--", .. dnsmasq]);
        await commands.RunAsync(command, cancellationToken);
    }

    /// <summary>
    /// Whether an address now belongs to another adapter than the process once served it to. It would keep the address for the old one
    /// until the lease ends, so it has to begin anew, which takes some milliseconds and loses nothing: all leases are static.
    /// </summary>
    private bool IsReused(string leases)
    {
        var served = File.Exists(ServedPath) ? File.ReadAllLines(ServedPath) : [];
        var owners = leases.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Owner).ToDictionary(owner => owner.Address, owner => owner.MacAddress);
        return served.Select(Owner).Any(owner => owners.TryGetValue(owner.Address, out var now) && now != owner.MacAddress);

        static (string MacAddress, string Address) Owner(string line)
        {
            var words = line.Split(',');
            return (words[0], words[1]);
        }
    }

    /// <summary>The live process of the pid file; a number that another program has by now does not count.</summary>
    private int? FindProcess()
    {
        try
        {
            var processId = int.Parse(File.ReadAllText(Path.Combine(directory, "pid")), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
            var arguments = File.ReadAllText($"/proc/{processId}/cmdline");
            return arguments.Contains($"--conf-file={ConfigurationPath}\0", StringComparison.Ordinal) ? processId : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>dnsmasq appends to its log a few lines for each signal and never cuts it.</summary>
    private void TrimLog()
    {
        using var log = new FileStream(Path.Combine(directory, "log"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        if (log.Length > MaxLogBytes)
        {
            log.SetLength(0);
        }
    }

    private static bool Differs(string path, string text) => !File.Exists(path) || File.ReadAllText(path) != text;

    private static bool WriteIfDifferent(string path, string text)
    {
        if (!Differs(path, text))
        {
            return false;
        }

        var draft = path + ".new";
        File.WriteAllText(draft, text, new UTF8Encoding(false));
        File.Move(draft, path, overwrite: true);
        return true;
    }
}
