using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Nines.EndToEnd.Clients;

/// <summary>A client that is written in Python, as Debian ships it, started from a process that has loaded it: a start from nothing takes most of a second of processor.</summary>
internal sealed class PythonClient
{
    private static readonly TimeSpan s_usualTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromMinutes(2);

    private readonly Lazy<Task<string>> _socket;

    /// <summary>It ends when its standard input does: with the tests, and not when nobody here names it any more.</summary>
    private Process? _process;

    private PythonClient(string name, params string[] modules) => _socket = new(() => StartAsync(name, modules));

    /// <summary>The AWS CLI: its input are <c>arguments</c>.</summary>
    public static PythonClient Cli { get; } = new("aws", "awscli.clidriver", "awscli.handlers");

    /// <summary>boto3: its input is a <c>script</c>.</summary>
    public static PythonClient Boto3 { get; } = new("boto3", "boto3", "botocore.handlers");

    /// <summary>Runs it to its end.</summary>
    /// <param name="kind">What its input is.</param>
    public async Task<ClientResult> RunAsync(string kind, JsonNode input, IReadOnlyDictionary<string, string> environment)
    {
        var request = new JsonObject
        {
            [kind] = input,
            ["environment"] = new JsonObject(environment.Select(variable => KeyValuePair.Create(variable.Key, (JsonNode?)variable.Value))),
            ["seconds"] = s_usualTimeout.TotalSeconds,
        };
        var token = TestContext.Current.CancellationToken;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(await _socket.Value), token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()), token);
        socket.Shutdown(SocketShutdown.Send);
        var answer = await JsonNode.ParseAsync(stream, cancellationToken: token);
        return answer!["code"] is { } code
            ? new ClientResult(code.GetValue<int>(), answer["output"]!.ToString(), answer["errors"]!.ToString())
            : throw new TimeoutException($"{input} did not end in time");
    }

    private async Task<string> StartAsync(string name, string[] modules)
    {
        var path = Path.Combine(Path.GetTempPath(), $"nines-{name}-{System.Environment.ProcessId}");
        File.Delete(path);
        var script = Path.Combine(SourceFolder.Root, "test", "Nines.EndToEnd", "Clients", "python_client.py");
        _process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, path, .. modules]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var said = await _process.StandardOutput.ReadLineAsync().WaitAsync(s_startTimeout);
        return said is "ready" ? path : throw new InvalidOperationException($"{name} could not be loaded; what Python said is above.");
    }
}
