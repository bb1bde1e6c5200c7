using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nines.Host.Processes;

namespace Nines.Host.Vms.Qmp;

/// <summary>
/// One connection to a hypervisor's monitor (QEMU Machine Protocol Specification). A monitor serves one connection at a time;
/// the connection ends with the process, which is how a crash is noticed at once.
/// </summary>
internal sealed class QmpClient : IAsyncDisposable
{
    private const int MaxMessageBytes = 1 << 20;
    private static readonly TimeSpan MigrationPoll = TimeSpan.FromMilliseconds(2);
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly Action<QmpEvent> _onEvent;
    private readonly ConcurrentDictionary<long, Waiting> _waiting = new();
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private long _lastId;

    private QmpClient(Socket socket, TimeProvider time, TimeSpan timeout, Action<QmpEvent> onEvent)
    {
        (_socket, _stream, _time, _timeout, _onEvent) = (socket, new NetworkStream(socket, ownsSocket: true), time, timeout, onEvent);
        Closed = Task.Run(ReadAllAsync);
    }

    /// <summary>Completes when the connection has ended, by whichever side.</summary>
    public Task Closed { get; }

    /// <summary>Connects to a monitor and ends the negotiation.</summary>
    /// <param name="timeout">For the connection and for every command.</param>
    /// <param name="onEvent">Is given every event, on a thread of the pool; must not block.</param>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="QmpException">No monitor answers there.</exception>
    public static async Task<QmpClient> ConnectAsync(
        string socketPath, TimeSpan timeout, TimeProvider time, Action<QmpEvent> onEvent, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var client = new QmpClient(socket, time, timeout, onEvent);
        try
        {
            await WithinAsync("greeting", client._greeted.Task, timeout, time, cancellationToken);
            await client.ExecuteAsync<QmpCapabilities, QmpNothing>(new QmpCapabilities(), cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public Task QuitAsync(CancellationToken cancellationToken) => ExecuteAsync<Quit, QmpNothing>(new Quit(), cancellationToken);

    public Task ContinueAsync(CancellationToken cancellationToken) => ExecuteAsync<Cont, QmpNothing>(new Cont(), cancellationToken);

    public Task ResetAsync(CancellationToken cancellationToken) =>
        ExecuteAsync<SystemReset, QmpNothing>(new SystemReset(), cancellationToken);

    public Task PressPowerButtonAsync(CancellationToken cancellationToken) =>
        ExecuteAsync<SystemPowerdown, QmpNothing>(new SystemPowerdown(), cancellationToken);

    public Task<StatusInfo> QueryStatusAsync(CancellationToken cancellationToken) =>
        ExecuteAsync<QueryStatus, StatusInfo>(new QueryStatus(), cancellationToken);

    public Task ScreendumpAsync(string path, CancellationToken cancellationToken) =>
        ExecuteAsync<Screendump, QmpNothing>(new Screendump(path, "png"), cancellationToken);

    /// <summary>Runs a command that returns nothing.</summary>
    /// <exception cref="QmpException">It was refused, took too long, or the connection ended.</exception>
    public Task ExecuteAsync<TCommand>(TCommand command, CancellationToken cancellationToken)
        where TCommand : IQmpCommand<QmpNothing> => ExecuteAsync<TCommand, QmpNothing>(command, cancellationToken);

    /// <summary>Gives the hypervisor an open file for the command that comes next to use.</summary>
    /// <exception cref="QmpException">It was refused, took too long, or the connection ended.</exception>
    public Task GiveAsync(string name, SafeHandle file, CancellationToken cancellationToken) => ExecuteAsync<GetFd, QmpNothing>(new GetFd(name), file, cancellationToken);

    /// <summary>Waits until the migration that was begun is over.</summary>
    /// <exception cref="QmpException">It failed.</exception>
    public async Task WaitForMigrationAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await ExecuteAsync<QueryMigrate, MigrationInfo>(new QueryMigrate(), cancellationToken))
            {
                case { Status: "completed" }:
                    return;
                case { Status: "failed" or "cancelled" } failed:
                    throw new QmpException(Migrate.Name, failed.ErrorDesc ?? failed.Status);
            }

            await Task.Delay(MigrationPoll, _time, cancellationToken);
        }
    }

    /// <summary>Runs a command.</summary>
    /// <exception cref="QmpException">It was refused, took too long, or the connection ended.</exception>
    public Task<TResult> ExecuteAsync<TCommand, TResult>(TCommand command, CancellationToken cancellationToken)
        where TCommand : IQmpCommand<TResult> => ExecuteAsync<TCommand, TResult>(command, null, cancellationToken);

    private async Task<TResult> ExecuteAsync<TCommand, TResult>(TCommand command, SafeHandle? file, CancellationToken cancellationToken)
        where TCommand : IQmpCommand<TResult>
    {
        var waiting = new Waiting(TCommand.Name);
        var id = Interlocked.Increment(ref _lastId);
        _waiting[id] = waiting;
        try
        {
            await SendAsync(Encode<TCommand, TResult>(id, command), file, waiting.Command, cancellationToken);
            if (Closed.IsCompleted)
            {
                throw new QmpException(waiting.Command, "the connection has ended");
            }

            await WithinAsync(waiting.Command, waiting.Result.Task, _timeout, _time, cancellationToken);
            var result = await waiting.Result.Task;
            return result.Deserialize((JsonTypeInfo<TResult>)QmpJsonContext.Default.GetTypeInfo(typeof(TResult))!)!;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _stream.DisposeAsync();
        await Closed;
        _writing.Dispose();
        _stop.Dispose();
    }

    private static byte[] Encode<TCommand, TResult>(long id, TCommand command)
        where TCommand : IQmpCommand<TResult>
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("execute", TCommand.Name);
            writer.WriteNumber("id", id);
            writer.WritePropertyName("arguments");
            JsonSerializer.Serialize(writer, command, QmpJsonContext.Default.GetTypeInfo(typeof(TCommand))!);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static async Task WithinAsync(string command, Task task, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new QmpException(command, $"no answer within {timeout.TotalSeconds:0.#} s", exception);
        }
    }

    private async Task SendAsync(byte[] message, SafeHandle? file, string command, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (file is not null)
            {
                DescriptorPassing.Send(_socket.SafeHandle, message, [file]);
                return;
            }

            // Not cancelled half way: the rest of the connection would be garbage. A monitor that does not read ends by the caller's time-out.
            await _stream.WriteAsync(message, _stop.Token);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            throw new QmpException(command, "the connection has ended", exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAllAsync()
    {
        var reader = PipeReader.Create(_stream);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(_stop.Token);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    Receive(buffer.Slice(0, end));
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted || buffer.Length > MaxMessageBytes)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException or ObjectDisposedException or OperationCanceledException)
        {
            // The process ended, or what answers is no monitor: either way the connection is over.
        }
        finally
        {
            await reader.CompleteAsync();
            var over = new QmpException("connection", "has ended");
            _greeted.TrySetException(over);
            _ = _greeted.Task.Exception;
            foreach (var waiting in _waiting.Values)
            {
                waiting.Result.TrySetException(new QmpException(waiting.Command, "the connection has ended"));
                _ = waiting.Result.Task.Exception;
            }
        }
    }

    private void Receive(in ReadOnlySequence<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        var message = document.RootElement;
        if (message.TryGetProperty("QMP", out _))
        {
            _greeted.TrySetResult();
        }
        else if (message.TryGetProperty("event", out var name))
        {
            _onEvent(new QmpEvent(name.GetString()!, DataOf(message, "node-name"), DataOf(message, "error")));
        }
        else if (message.TryGetProperty("id", out var id) && _waiting.TryRemove(id.GetInt64(), out var waiting))
        {
            if (message.TryGetProperty("return", out var result))
            {
                waiting.Result.TrySetResult(result.Clone());
            }
            else
            {
                var text = message.GetProperty("error").GetProperty("desc").GetString();
                waiting.Result.TrySetException(new QmpException(waiting.Command, text ?? "refused"));
            }
        }
    }

    private static string? DataOf(JsonElement message, string name) =>
        message.TryGetProperty("data", out var data) && data.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private sealed record Waiting(string Command)
    {
        public TaskCompletionSource<JsonElement> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
