using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Nines.Host.Tests.Vms.Qmp;

/// <summary>A monitor behind a socket that answers as a test tells it to.</summary>
internal sealed class FakeMonitor : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _directory = Directory.CreateTempSubdirectory("qmp").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private volatile NetworkStream? _connection;

    /// <param name="answer">From a command's name to the value of its <c>return</c>, or to <see langword="null"/> for no answer at all.</param>
    public FakeMonitor(Func<string, string?> answer, string greeting = """{"QMP": {"version": {}, "capabilities": []}}""")
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _serving = ServeAsync(answer, greeting);
    }

    public string SocketPath => Path.Combine(_directory, "qmp");

    public ConcurrentQueue<string> Received { get; } = new();

    public Task SendAsync(string line) => _connection!.WriteAsync(Encoding.UTF8.GetBytes(line + "\n")).AsTask();

    public void Hangup() => _connection!.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _connection?.Dispose();
        await _serving;
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task ServeAsync(Func<string, string?> answer, string greeting)
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptAsync(_stop.Token);
                _connection = new NetworkStream(socket, ownsSocket: true);
                await SendAsync(greeting);
                using var reader = new StreamReader(_connection);
                await AnswerAsync(reader, answer);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(StreamReader reader, Func<string, string?> answer)
    {
        try
        {
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                Received.Enqueue(line);
                using var command = JsonDocument.Parse(line);
                var id = command.RootElement.GetProperty("id");
                if (answer(command.RootElement.GetProperty("execute").GetString()!) is { } value)
                {
                    await SendAsync($$"""{{{value}}, "id": {{id}}}""");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client, or the test, hung up.
        }
    }
}
