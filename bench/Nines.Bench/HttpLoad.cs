using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nines.Bench;

/// <summary>
/// Sends one request again and again over a few connections and reads whole answers: no HTTP client in between whose
/// cost would be taken for the server's.
/// </summary>
internal sealed class HttpLoad(IPEndPoint server, byte[] request)
{
    /// <summary>What was measured. The processor time is that of the whole process: server and load together.</summary>
    public sealed record Result(double PerSecond, double MedianMilliseconds, double P99Milliseconds, double CpuMicrosecondsPerRequest, long BytesPerAnswer, double AllocatedBytesPerRequest);

    /// <param name="connections">How many at the same time.</param>
    /// <param name="duration">For how long at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="requests">How many on each connection at most.</param>
    public async Task<Result> RunAsync(int connections, TimeSpan duration, CancellationToken cancellationToken, int requests = int.MaxValue)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        var runs = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => ConnectionAsync(watch, duration, requests, cancellationToken), cancellationToken)));
        var elapsed = watch.Elapsed;
        var taken = runs.SelectMany(run => run.Milliseconds).Order().ToArray();
        return new Result(
            taken.Length / elapsed.TotalSeconds,
            taken[taken.Length / 2],
            taken[taken.Length * 99 / 100],
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / taken.Length,
            runs[0].AnswerBytes,
            (GC.GetTotalAllocatedBytes() - allocated) / (double)taken.Length);
    }

    private async Task<(List<double> Milliseconds, long AnswerBytes)> ConnectionAsync(Stopwatch watch, TimeSpan duration, int requests, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken);
        var buffer = new byte[256 * 1024];
        var taken = new List<double>();
        var answer = 0L;
        while (watch.Elapsed < duration && taken.Count < requests)
        {
            var begun = watch.Elapsed;
            await socket.SendAsync(request, cancellationToken);
            answer = await ReceiveAsync(socket, buffer, cancellationToken);
            taken.Add((watch.Elapsed - begun).TotalMilliseconds);
        }

        return (taken, answer);
    }

    private static async Task<long> ReceiveAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        int end;
        do
        {
            var length = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
            filled += length > 0 ? length : throw new IOException("The server hung up.");
            end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }
        while (end < 0);

        var head = Encoding.ASCII.GetString(buffer, 0, end);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(buffer, 0, filled));
        }

        var start = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) + 16;
        var stop = head.IndexOf('\r', start);
        var body = long.Parse(head.AsSpan(start, (stop < 0 ? head.Length : stop) - start), System.Globalization.CultureInfo.InvariantCulture);
        for (var left = end + 4 + body - filled; left > 0;)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            left -= length > 0 ? length : throw new IOException("The server hung up.");
        }

        return body;
    }
}
