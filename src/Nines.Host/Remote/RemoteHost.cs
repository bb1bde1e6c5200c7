using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using Nines.Host.Api;

namespace Nines.Host.Remote;

/// <summary>A host that another process serves on a unix socket; see <see cref="HostServer"/>.</summary>
public sealed class RemoteHost : IHost, IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);
    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    /// <summary>Connects at the first call, and again whenever a connection was lost.</summary>
    public RemoteHost(string socketPath, TimeProvider time)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _client = new HttpClient(handler) { BaseAddress = new Uri("http://host"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public Task<HostFacts> DescribeAsync(CancellationToken cancellationToken) =>
        CallAsync(new(HttpMethod.Get, RemotePaths.Facts), CallTimeout, HostJsonContext.Default.HostFacts, cancellationToken);

    /// <inheritdoc/>
    public Task<ApplyResult> ApplyAsync(HostState desired, CancellationToken cancellationToken) => CallAsync(
        new(HttpMethod.Put, RemotePaths.State) { Content = JsonContent.Create(desired, HostJsonContext.Default.HostState) },
        CallTimeout, HostJsonContext.Default.ApplyResult, cancellationToken);

    /// <inheritdoc/>
    public Task<HostReport> ReportAsync(long afterSequence, TimeSpan wait, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?after={afterSequence}&waitMilliseconds={(long)wait.TotalMilliseconds}");
        return CallAsync(new(HttpMethod.Get, RemotePaths.Report + query), CallTimeout + wait, HostJsonContext.Default.HostReport, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<HostUsage> MeasureAsync(CancellationToken cancellationToken) =>
        CallAsync(new(HttpMethod.Get, RemotePaths.Usage), CallTimeout, HostJsonContext.Default.HostUsage, cancellationToken);

    /// <inheritdoc/>
    public Task<ProcessorTimes> MeasureProcessorsAsync(CancellationToken cancellationToken) =>
        CallAsync(new(HttpMethod.Get, RemotePaths.Processors), CallTimeout, HostJsonContext.Default.ProcessorTimes, cancellationToken);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadConsoleAsync(string vmId, int maxBytes, CancellationToken cancellationToken) =>
        await BytesAsync(vmId, string.Create(CultureInfo.InvariantCulture, $"console?maxBytes={maxBytes}"), cancellationToken);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ScreenshotAsync(string vmId, CancellationToken cancellationToken) =>
        await BytesAsync(vmId, "screenshot", cancellationToken);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadTpmKeyAsync(string vmId, TpmKeyType type, CancellationToken cancellationToken) =>
        await BytesAsync(vmId, $"tpm-key?type={type}", cancellationToken);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadPasswordAsync(string vmId, CancellationToken cancellationToken) =>
        await BytesAsync(vmId, "password", cancellationToken);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadUefiVariablesAsync(string vmId, CancellationToken cancellationToken) =>
        await BytesAsync(vmId, "uefi-variables", cancellationToken);

    /// <inheritdoc/>
    public async Task<Stream> OpenConsoleAsync(string vmId, CancellationToken cancellationToken)
    {
        var request = OfMachine(vmId, "live-console");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new(RemotePaths.ConsoleProtocol));
        var response = await SendAsync(request, vmId, CallTimeout, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.SwitchingProtocols)
        {
            response.Dispose();
            throw new IOException("The host did not open a live console.");
        }

        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new(HttpMethod.Delete, RemotePaths.Everything), null, CallTimeout, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage OfMachine(string vmId, string part) =>
        new(HttpMethod.Get, $"{RemotePaths.Machines}/{Uri.EscapeDataString(vmId)}/{part}");

    private async Task<ReadOnlyMemory<byte>> BytesAsync(string vmId, string part, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(OfMachine(vmId, part), vmId, CallTimeout, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private async Task<T> CallAsync<T>(HttpRequestMessage request, TimeSpan timeout, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, null, timeout, cancellationToken);
        return await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new IOException("The host answered nothing.");
    }

    /// <exception cref="VmNotFoundException">The host has no such machine.</exception>
    /// <exception cref="IOException">The host cannot be reached, refused, or did not answer in time.</exception>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? vmId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            if (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.SwitchingProtocols)
            {
                return response;
            }

            using (response)
            {
                throw response.StatusCode is HttpStatusCode.NotFound && vmId is not null
                    ? new VmNotFoundException(vmId)
                    : new IOException($"The host refused: {await response.Content.ReadAsStringAsync(stop.Token)}");
            }
        }
        catch (HttpRequestException exception)
        {
            throw new IOException($"The host cannot be reached: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The host did not answer within {timeout.TotalSeconds:0} s.", exception);
        }
    }
}
