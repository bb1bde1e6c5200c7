using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Nines.Host.Processes;

/// <summary>Runs external programs on this machine.</summary>
public sealed class HostCommands(TimeProvider time, ILogger<HostCommands> logger) : IHostCommands
{
    /// <summary>How long to go on reading a program's streams after its end: a child that it left behind may hold them open.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var process = Start(command);
        using var deadline = new CancellationTokenSource(command.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var drain = new CancellationTokenSource();
        var output = new OutputCapture(command.MaxOutputCharacters, command.OnLine);
        var error = new OutputCapture(command.MaxOutputCharacters, command.OnLine);
        var reading = Task.WhenAll(
            output.ReadAsync(process.StandardOutput, drain.Token),
            error.ReadAsync(process.StandardError, drain.Token));
        try
        {
            await WriteInputAsync(process, command, stop.Token);
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            End(process);
            await DrainAsync(reading, drain);
            cancellationToken.ThrowIfCancellationRequested();
            logger.CommandTimedOut(command.ToString(), command.Timeout.TotalSeconds);
            throw new HostCommandException(command, null, error.Text, $"still running after {command.Timeout.TotalSeconds:0.#} s");
        }

        await DrainAsync(reading, drain);
        var result = new HostCommandResult(process.ExitCode, output.Text, error.Text, time.GetElapsedTime(started));
        if (logger.IsEnabled(LogLevel.Debug))
        {
            logger.CommandRan(command.ToString(), result.ExitCode, (long)result.Elapsed.TotalMilliseconds);
        }

        return command.AcceptedExitCodes.Contains(result.ExitCode)
            ? result
            : throw new HostCommandException(command, result.ExitCode, result.Error, $"exit code {result.ExitCode}");
    }

    private static Process Start(HostCommand command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new HostCommandException(command, null, "", "cannot be started", exception);
        }
    }

    private static async Task WriteInputAsync(Process process, HostCommand command, CancellationToken cancellationToken)
    {
        try
        {
            if (command.StandardInput is { } input)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            }

            if (!command.HoldsInputOpen)
            {
                process.StandardInput.Close();
            }
        }
        catch (IOException)
        {
            // The program ended, or closed its input, before it had read everything; its exit code tells.
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime.
        }
    }

    private static async Task DrainAsync(Task reading, CancellationTokenSource drain)
    {
        drain.CancelAfter(DrainTimeout);
        try
        {
            await reading;
        }
        catch (OperationCanceledException)
        {
            // What was read so far is the answer.
        }
    }
}
