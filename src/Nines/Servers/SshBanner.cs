using System.Diagnostics;
using System.Net.Sockets;

namespace Nines.Servers;

/// <summary>Tells when a server's SSH daemon answers.</summary>
internal static class SshBanner
{
    private const int Port = 22;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the first line that an SSH daemon sends (RFC 4253, 4.2).</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/>: until the caller has enough.</param>
    /// <exception cref="UserException">None came in time.</exception>
    public static async Task WaitAsync(string address, TimeSpan timeout, CancellationToken cancellationToken, int port = Port)
    {
        var clock = Stopwatch.StartNew();
        while (!await TryReadAsync(address, port, cancellationToken))
        {
            if (timeout != Timeout.InfiniteTimeSpan && clock.Elapsed > timeout)
            {
                throw new UserException($"no SSH daemon answered on {address} within {timeout.TotalSeconds:0} s");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static async Task<bool> TryReadAsync(string address, int port, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var buffer = new byte[4];
        var read = 0;
        try
        {
            attempt.CancelAfter(AttemptTimeout);
            await socket.ConnectAsync(address, port, attempt.Token);
            // Connected: a daemon on an emulated processor may take its time to say the first word.
            attempt.CancelAfter(TimeSpan.FromSeconds(10));
            while (read < buffer.Length)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(read), attempt.Token);
                if (count == 0)
                {
                    return false;
                }

                read += count;
            }
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }

        return buffer.AsSpan().SequenceEqual("SSH-"u8);
    }
}
