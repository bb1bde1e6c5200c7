using System.Diagnostics;
using System.Net.Sockets;

namespace Nines.Bench;

/// <summary>Waits for the first byte that an HTTP server sends.</summary>
internal static class FirstByte
{
    private const int Port = 80;

    // A packet to an address that nobody has yet is lost, and the kernel repeats it after a second: a new attempt does sooner.
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <exception cref="TimeoutException">None came in time.</exception>
    public static async Task WaitAsync(string address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!await TryAsync(address, cancellationToken))
        {
            if (clock.Elapsed > timeout)
            {
                throw new TimeoutException($"Nothing answered HTTP on {address} within {timeout.TotalSeconds:0} s.");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static async Task<bool> TryAsync(string address, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            attempt.CancelAfter(AttemptTimeout);
            await socket.ConnectAsync(address, Port, attempt.Token);
            attempt.CancelAfter(AnswerTimeout);
            await socket.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), attempt.Token);
            return await socket.ReceiveAsync(new byte[1], attempt.Token) == 1;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
