using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nines.Control.Audit;
using Nines.Control.Identity;
using Nines.Wire;
using Nines.Wire.Signing;

namespace Nines.Control.Admin;

/// <summary>The operator's verbs as a client calls them: what <c>nines status</c>, <c>usage</c>, <c>reset</c>, <c>console</c> and <c>logs</c> stand on.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="endpoint">Where the gateway is.</param>
    /// <param name="root">The root's keys.</param>
    /// <param name="time">The clock of the signatures.</param>
    public AdminClient(Uri endpoint, RootCredentials root, TimeProvider time)
    {
        var signer = new RequestSigner(root.Credentials, root.Region, AdminEndpoint.SigningName);
        _client = new HttpClient(new SigningHandler(signer, root.Credentials, time, new SocketsHttpHandler())) { BaseAddress = endpoint };
    }

    /// <summary>The state of the cloud.</summary>
    public Task<StatusResult> StatusAsync(CancellationToken cancellationToken) =>
        CallAsync("Status", AdminJsonContext.Default.StatusResult, [], cancellationToken);

    /// <summary>What servers and hosts take.</summary>
    public Task<UsageResult> UsageAsync(UsageRequest request, CancellationToken cancellationToken) => CallAsync(
        "Usage",
        AdminJsonContext.Default.UsageResult,
        JsonSerializer.SerializeToUtf8Bytes(request, AdminJsonContext.Default.UsageRequest),
        cancellationToken);

    /// <summary>How volumes and their copies stand.</summary>
    public Task<VolumesResult> VolumesAsync(VolumesRequest request, CancellationToken cancellationToken) => CallAsync(
        "Volumes", AdminJsonContext.Default.VolumesResult, JsonSerializer.SerializeToUtf8Bytes(request, AdminJsonContext.Default.VolumesRequest), cancellationToken);

    /// <summary>Makes known what images were built or imported since the start.</summary>
    public Task RefreshImagesAsync(CancellationToken cancellationToken) =>
        CallAsync("RefreshImages", AdminJsonContext.Default.RefreshImagesResult, [], cancellationToken);

    /// <summary>Whether a packet would arrive, and what decides.</summary>
    public Task<ReachResult> ReachAsync(ReachRequest request, CancellationToken cancellationToken) => CallAsync(
        "Reach", AdminJsonContext.Default.ReachResult, JsonSerializer.SerializeToUtf8Bytes(request, AdminJsonContext.Default.ReachRequest), cancellationToken);

    /// <summary>Pulls the cable of an adapter, or puts it back.</summary>
    /// <exception cref="AwsException"><c>InvalidNetworkInterfaceID.NotFound</c>, <c>IncorrectState</c>.</exception>
    public Task SetLinkAsync(LinkRequest request, CancellationToken cancellationToken) => CallAsync(
        "SetLink", AdminJsonContext.Default.LinkResult, JsonSerializer.SerializeToUtf8Bytes(request, AdminJsonContext.Default.LinkRequest), cancellationToken);

    /// <summary>Schedules an event of an instance.</summary>
    /// <exception cref="AwsException"><c>InvalidInstanceID.NotFound</c>, <c>InvalidParameterValue</c>.</exception>
    public Task<MaintenanceResult> ScheduleMaintenanceAsync(MaintenanceRequest request, CancellationToken cancellationToken) => CallAsync(
        "ScheduleMaintenance",
        AdminJsonContext.Default.MaintenanceResult,
        JsonSerializer.SerializeToUtf8Bytes(request, AdminJsonContext.Default.MaintenanceRequest),
        cancellationToken);

    /// <summary>Makes an account.</summary>
    /// <exception cref="AwsException"><c>EntityAlreadyExists</c>, <c>ValidationException</c>.</exception>
    public Task<AccountResult> CreateAccountAsync(AccountRequest request, CancellationToken cancellationToken) => CallAsync(
        "CreateAccount", AdminJsonContext.Default.AccountResult, JsonSerializer.SerializeToUtf8Bytes(request, AdminJsonContext.Default.AccountRequest), cancellationToken);

    /// <summary>The accounts.</summary>
    public Task<AccountsResult> ListAccountsAsync(CancellationToken cancellationToken) =>
        CallAsync("ListAccounts", AdminJsonContext.Default.AccountsResult, [], cancellationToken);

    /// <summary>Empties the account.</summary>
    public Task<ResetResult> ResetAsync(CancellationToken cancellationToken) =>
        CallAsync("Reset", AdminJsonContext.Default.ResetResult, [], cancellationToken);

    /// <summary>The newest output of an instance's console.</summary>
    /// <exception cref="AwsException"><c>InvalidInstanceID.NotFound</c>.</exception>
    public async Task<byte[]> ReadConsoleAsync(string instanceId, int? maxBytes, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new ConsoleRequest(instanceId, maxBytes), AdminJsonContext.Default.ConsoleRequest);
        return (await CallAsync("ReadConsole", AdminJsonContext.Default.ConsoleResult, body, cancellationToken)).Output;
    }

    /// <summary>The newest lines of the audit, oldest first.</summary>
    public async Task<IReadOnlyList<AuditLine>> ReadAuditAsync(int? maxLines, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new AuditRequest(maxLines), AdminJsonContext.Default.AuditRequest);
        return (await CallAsync("Audit", AdminJsonContext.Default.AuditResult, body, cancellationToken)).Lines;
    }

    /// <summary>An instance's console, live, until the stream is disposed of or the guest ends.</summary>
    /// <exception cref="AwsException"><c>InvalidInstanceID.NotFound</c>, or <c>IncorrectInstanceState</c> when it does not run.</exception>
    public async Task<Stream> OpenConsoleAsync(string instanceId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/?InstanceId={Uri.EscapeDataString(instanceId)}");
        request.Headers.Add("X-Amz-Target", $"{AdminEndpoint.TargetPrefix}OpenConsole");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue(AdminEndpoint.ConsoleProtocol));
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.StatusCode == HttpStatusCode.SwitchingProtocols
            ? await response.Content.ReadAsStreamAsync(cancellationToken)
            : throw await ErrorAsync(response, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<T> CallAsync<T>(string target, JsonTypeInfo<T> type, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Amz-Target", AdminEndpoint.TargetPrefix + target);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        using var response = await _client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await ErrorAsync(response, cancellationToken);
        }

        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return JsonSerializer.Deserialize(answer, type)!;
    }

    private static async Task<AwsException> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            try
            {
                using var json = JsonDocument.Parse(body);
                return new AwsException(
                    json.RootElement.GetProperty("__type").GetString() ?? "Unknown",
                    json.RootElement.GetProperty("message").GetString() ?? "",
                    (int)response.StatusCode);
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return new AwsException("Unknown", $"The endpoint answered {(int)response.StatusCode}, not as Nines would: is it another program?", (int)response.StatusCode);
            }
        }
    }
}
