using System.Diagnostics;

namespace Nines.Terminal;

/// <summary>Joins this terminal to a stream of bytes, key by key.</summary>
internal static class RawTerminal
{
    /// <summary>Ctrl-], telnet's escape character.</summary>
    private const byte Escape = 0x1d;

    /// <summary>Copies both ways until the other side ends, the input ends, or Ctrl-] is typed.</summary>
    public static async Task AttachAsync(Stream remote, CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var output = Console.OpenStandardOutput();
        await using var input = Console.OpenStandardInput();
        var saved = Console.IsInputRedirected ? null : Stty("-g");
        try
        {
            if (saved is not null)
            {
                Stty("raw", "-echo");
            }

            var receiving = remote.CopyToAsync(output, left.Token);
            var sending = SendAsync(input, remote, left.Token);
            // Piped input ends early; what the guest still has to say to it is waited for.
            var first = await Task.WhenAny(receiving, sending);
            if (first == sending && await sending)
            {
                await left.CancelAsync();
            }

            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            if (saved is not null)
            {
                Stty(saved.Trim());
                Console.WriteLine();
            }
        }
    }

    /// <returns>Whether the user asked to leave.</returns>
    private static async Task<bool> SendAsync(Stream input, Stream remote, CancellationToken cancellationToken)
    {
        var buffer = new byte[256];
        int count;
        while ((count = await input.ReadAsync(buffer, cancellationToken)) > 0)
        {
            var escape = Array.IndexOf(buffer, Escape, 0, count);
            await remote.WriteAsync(buffer.AsMemory(0, escape < 0 ? count : escape), cancellationToken);
            await remote.FlushAsync(cancellationToken);
            if (escape >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>stty(1) knows every terminal; it acts on its standard input, which is ours.</summary>
    private static string Stty(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true });
        var output = process?.StandardOutput.ReadToEnd() ?? "";
        process?.WaitForExit();
        return output;
    }
}
