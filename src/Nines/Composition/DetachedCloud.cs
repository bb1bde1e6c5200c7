using System.Diagnostics;
using System.Globalization;

namespace Nines.Composition;

/// <summary>Starts the cloud as a process of its own session, whose output is its log file.</summary>
internal static class DetachedCloud
{
    private const long MaxLogBytes = 16 << 20;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Starts it and waits until it answers.</summary>
    /// <exception cref="UserException">It ended or was not ready in time; the message holds its own last words.</exception>
    public static async Task<Endpoint> StartAsync(CloudOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (Endpoint.FindRunning(options.State) is { } killed && killed.IsEnding() && clock.Elapsed < StopTimeout)
        {
            await Task.Delay(PollInterval, cancellationToken);
        }

        if (Endpoint.FindRunning(options.State) is { } running)
        {
            throw new UserException($"a cloud already runs with its state in {options.State.Path} (process {running.ProcessId}, {running.Url})");
        }

        CloudPathsOwner.Claim(options.State);
        Rotate(options.State.Log);
        var from = File.Exists(options.State.Log) ? new FileInfo(options.State.Log).Length : 0;
        using var process = Start(options);
        clock.Restart();
        while (true)
        {
            if (Endpoint.FindRunning(options.State) is { } endpoint && endpoint.ProcessId == process.Id)
            {
                return endpoint;
            }

            if (process.HasExited)
            {
                throw new UserException(LastWords(options.State.Log, from) ?? $"the cloud ended at once (its log: {options.State.Log})",
                    process.ExitCode is 0 ? ExitCode.Failure : process.ExitCode);
            }

            if (clock.Elapsed > StartTimeout)
            {
                process.Kill();
                throw new UserException($"the cloud was not ready within {StartTimeout.TotalSeconds:0} s (its log: {options.State.Log})");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Asks the process to end, and waits until it has.</summary>
    /// <exception cref="UserException">It is another user's, or did not end in time.</exception>
    public static async Task StopAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        if (Signals.Send(endpoint.ProcessId, Signals.Terminate) is { } refusal)
        {
            throw new UserException($"the cloud's process {endpoint.ProcessId} could not be stopped: {refusal}", ExitCode.NoPermission);
        }

        var clock = Stopwatch.StartNew();
        while (endpoint.IsAlive())
        {
            if (clock.Elapsed > StopTimeout)
            {
                throw new UserException($"the cloud's process {endpoint.ProcessId} did not end within {StopTimeout.TotalSeconds:0} s");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static Process Start(CloudOptions options)
    {
        // setsid gives it a session of its own, so that closing the terminal ends nothing; it takes the shell's place, and so its process id.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        string[] arguments =
        [
            "-c", "exec setsid \"$@\" </dev/null >>\"$NINES_LOG\" 2>&1", "sh", Environment.ProcessPath!,
            "up", "--state", options.State.Path, "--port", Number(options.Port), "--listen", options.Listen.ToString(),
            "--zones", Number(options.Zones), "--simulated-hosts", Number(options.SimulatedHosts),
            "--region", options.Region, "--public-pool", options.PublicPool, "--scrub-hours", options.ScrubInterval.TotalHours.ToString("R", CultureInfo.InvariantCulture),
            "--copy-seconds", options.ReplicaInterval.TotalSeconds.ToString("R", CultureInfo.InvariantCulture),
            "--cpu-overcommit", Number(options.CpuOvercommit), "--memory-overcommit", Number(options.MemoryOvercommitPercent),
            .. options.AccountId is { } account ? ["--account", account] : Array.Empty<string>(),
            .. options.Mirror is { } mirror ? ["--mirror", mirror] : Array.Empty<string>(),
            .. options.AccessLog ? ["--access-log"] : Array.Empty<string>(),
            .. options.Egress ? Array.Empty<string>() : ["--no-egress"],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NINES_LOG"] = options.State.Log;
        if (options.AccessKeyId is { } id && options.SecretAccessKey is { } secret)
        {
            start.Environment["NINES_ACCESS_KEY_ID"] = id;
            start.Environment["NINES_SECRET_ACCESS_KEY"] = secret;
        }

        return Process.Start(start) ?? throw new UserException("/bin/sh could not be started");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Rotate(string log)
    {
        if (File.Exists(log) && new FileInfo(log).Length > MaxLogBytes)
        {
            File.Move(log, log + ".1", overwrite: true);
        }
    }

    /// <summary>The error line that the process ended with: its own, not the stack of log lines before it.</summary>
    private static string? LastWords(string log, long from)
    {
        using var reader = new StreamReader(log);
        reader.BaseStream.Seek(from, SeekOrigin.Begin);
        string? last = null;
        while (reader.ReadLine() is { } line)
        {
            last = line.StartsWith("nines: ", StringComparison.Ordinal) ? line["nines: ".Length..] : last;
        }

        return last;
    }
}
