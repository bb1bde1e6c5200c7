using System.ComponentModel;
using System.Diagnostics;

namespace Nines.Terminal;

/// <summary>Another program that takes over the terminal: it has our input and output, and its exit code is ours.</summary>
internal static class Child
{
    public static async Task<int> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start) ?? throw new UserException($"{program} could not be started", ExitCode.Unavailable);
            try
            {
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C reached the child too, as it is in our process group; give it time to end by itself.
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            throw new UserException($"{program} is not installed", ExitCode.Unavailable);
        }
    }
}
