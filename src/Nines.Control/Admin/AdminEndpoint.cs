using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Nines.Control.Gateway;
using Nines.Wire;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;
using Nines.Wire.Signing;

namespace Nines.Control.Admin;

/// <summary>
/// The operator's verbs over HTTP: JSON 1.1 with targets <c>Nines.*</c>, signed like every other request for a service
/// of the name <c>nines</c>, and for roots alone: of an account for what is the account's, of the operator's for the rest.
/// </summary>
internal sealed class AdminEndpoint(
    GatewayOptions options, AdminOperations parts, Authenticator authenticator, Intake intake, TimeProvider time, ILogger<AdminEndpoint> logger) : IDisposable
{
    /// <summary>The service in a credential's scope.</summary>
    public const string SigningName = "nines";

    /// <summary>What the targets begin with.</summary>
    public const string TargetPrefix = "Nines.";

    /// <summary>The protocol that a console's connection is upgraded to: bytes, both ways, as they are.</summary>
    public const string ConsoleProtocol = "nines-console";

    /// <summary>The verbs.</summary>
    public static readonly IReadOnlyList<string> Targets = ["Audit", "CreateAccount", "ListAccounts", "OpenConsole", "Reach", "ReadConsole", "RefreshImages", "Reset", "ScheduleMaintenance", "SetLink", "Status", "Usage", "Volumes"];

    /// <summary>Those that reach no further than the caller's own account.</summary>
    private static readonly IReadOnlyList<string> s_ofAccounts = ["OpenConsole", "Reach", "ReadConsole", "Reset", "SetLink"];

    private const int DefaultConsoleBytes = 64 * 1024;
    private const int LargestConsoleBytes = 1024 * 1024;
    private const int DefaultLines = 100;
    private const int MostLines = 10_000;

    private readonly CancellationTokenSource _stopping = new();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>Whether a request is for this endpoint.</summary>
    public static bool IsMeant(WireRequest request) =>
        request.Headers.Find("X-Amz-Target") is { } target && target.StartsWith(TargetPrefix, StringComparison.Ordinal);

    /// <summary>Answers a request. The caller sends and disposes the response; null: the answer has been sent, or the client has hung up.</summary>
    public async ValueTask<WireResponse?> AnswerAsync(HttpContext context, Exchange exchange)
    {
        try
        {
            await intake.AdmitAsync(context, exchange, SigningName, static _ => ErrorFamily.Json);
            var target = exchange.Request.Headers.Find("X-Amz-Target")![TargetPrefix.Length..];
            exchange.AdminTarget = Targets.Contains(target) ? target : "-";
            var caller = Authenticate(exchange);
            return target switch
            {
                "Status" => Json(await StatusAsync(caller, context.RequestAborted), AdminJsonContext.Default.StatusResult, exchange),
                "Reset" => Json(await ResetAsync(caller, context, exchange), AdminJsonContext.Default.ResetResult, exchange),
                "RefreshImages" => Json(await RefreshImagesAsync(context.RequestAborted), AdminJsonContext.Default.RefreshImagesResult, exchange),
                "ReadConsole" => Json(await ReadConsoleAsync(caller, exchange, context.RequestAborted), AdminJsonContext.Default.ConsoleResult, exchange),
                "Audit" => Json(await ReadAuditAsync(exchange, context.RequestAborted), AdminJsonContext.Default.AuditResult, exchange),
                "Usage" => Json(await UsageAsync(exchange, context.RequestAborted), AdminJsonContext.Default.UsageResult, exchange),
                "Volumes" => Json(
                    await Part(parts.Volumes)(Read(exchange, AdminJsonContext.Default.VolumesRequest), context.RequestAborted), AdminJsonContext.Default.VolumesResult, exchange),
                "Reach" => Json(Part(parts.Reach)(caller.AccountId, Read(exchange, AdminJsonContext.Default.ReachRequest)), AdminJsonContext.Default.ReachResult, exchange),
                "SetLink" => Json(await SetLinkAsync(caller, context, exchange), AdminJsonContext.Default.LinkResult, exchange),
                "ScheduleMaintenance" => Json(await ScheduleMaintenanceAsync(caller, context, exchange), AdminJsonContext.Default.MaintenanceResult, exchange),
                "CreateAccount" => Json(await CreateAccountAsync(caller, context, exchange), AdminJsonContext.Default.AccountResult, exchange),
                "ListAccounts" => Json(Part(parts.ListAccounts)(), AdminJsonContext.Default.AccountsResult, exchange),
                "OpenConsole" => await OpenConsoleAsync(caller, context, exchange),
                _ => throw new AwsException("UnknownOperationException", $"There is no such operation. There are: {string.Join(", ", Targets)}."),
            };
        }
        catch (AwsException error)
        {
            return Fail(exchange, error);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            logger.ClientHungUp(exchange.RequestId, exception.GetType().Name);
            return null;
        }
        catch (BadHttpRequestException malformed)
        {
            return Fail(exchange, new AwsException("MalformedHTTPRequestException", malformed.Message, malformed.StatusCode));
        }
        catch (Exception fault)
        {
            logger.RequestFaulted(fault, exchange.Action, exchange.RequestId);
            return Fail(exchange, CommonErrors.Internal(ErrorFamily.Json, exchange.RequestId));
        }
    }

    /// <summary>Ends the open consoles, so that the server can stop.</summary>
    public void EndConsoles() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Caller Authenticate(Exchange exchange)
    {
        var caller = authenticator.Authenticate(exchange.Request, SigningName, time.GetUtcNow(), out var error)
            ?? throw CommonErrors.Authentication(ErrorFamily.Json, error ?? SignatureError.Missing);
        exchange.Caller = caller;
        return Authorizer.IsAllowed(caller, exchange.Action) && MayAsk(caller, exchange.AdminTarget!) ? caller : throw CommonErrors.Denied(ErrorFamily.Json, caller.Arn, exchange.Action);
    }

    private bool MayAsk(Caller caller, string target) =>
        parts.OperatorAccountId is not { } operatorId || caller.AccountId == operatorId || s_ofAccounts.Contains(target);

    private Task<AccountResult> CreateAccountAsync(Caller caller, HttpContext context, Exchange exchange) =>
        Part(parts.CreateAccount)(CallOf(caller, context, exchange), Read(exchange, AdminJsonContext.Default.AccountRequest), context.RequestAborted);

    private async Task<StatusResult> StatusAsync(Caller caller, CancellationToken cancellationToken)
    {
        var status = parts.Status is null ? new StatusResult() : await parts.Status(cancellationToken);
        return status with { Version = options.Version, StartedAt = _startedAt, AccountId = caller.AccountId, Region = options.Region };
    }

    private Task<UsageResult> UsageAsync(Exchange exchange, CancellationToken cancellationToken) =>
        Part(parts.Usage)(Read(exchange, AdminJsonContext.Default.UsageRequest), cancellationToken);

    private async Task<ResetResult> ResetAsync(Caller caller, HttpContext context, Exchange exchange)
    {
        var started = time.GetTimestamp();
        await Part(parts.Reset)(CallOf(caller, context, exchange), context.RequestAborted);
        return new ResetResult(time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<LinkResult> SetLinkAsync(Caller caller, HttpContext context, Exchange exchange)
    {
        await Part(parts.SetLink)(CallOf(caller, context, exchange), Read(exchange, AdminJsonContext.Default.LinkRequest), context.RequestAborted);
        return new LinkResult();
    }

    private Task<MaintenanceResult> ScheduleMaintenanceAsync(Caller caller, HttpContext context, Exchange exchange) =>
        Part(parts.ScheduleMaintenance)(CallOf(caller, context, exchange), Read(exchange, AdminJsonContext.Default.MaintenanceRequest), context.RequestAborted);

    private Call CallOf(Caller caller, HttpContext context, Exchange exchange)
    {
        var origin = new CallOrigin(exchange.Action, context.Connection.RemoteIpAddress, exchange.Request.Headers.Find("User-Agent"));
        return new Call(caller, exchange.RequestId, options.Region, time.GetUtcNow()) { Origin = origin };
    }

    private async Task<RefreshImagesResult> RefreshImagesAsync(CancellationToken cancellationToken)
    {
        await Part(parts.RefreshImages)(cancellationToken);
        return new RefreshImagesResult();
    }

    private async Task<ConsoleResult> ReadConsoleAsync(Caller caller, Exchange exchange, CancellationToken cancellationToken)
    {
        var input = Read(exchange, AdminJsonContext.Default.ConsoleRequest);
        var maxBytes = Math.Clamp(input.MaxBytes ?? DefaultConsoleBytes, 1, LargestConsoleBytes);
        var instanceId = Required(input.InstanceId);
        var output = await Part(parts.Consoles).ReadAsync(caller.AccountId, instanceId, maxBytes, cancellationToken);
        return new ConsoleResult(output.ToArray());
    }

    private async Task<AuditResult> ReadAuditAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var input = Read(exchange, AdminJsonContext.Default.AuditRequest);
        return new AuditResult(await Part(parts.Audit)(Math.Clamp(input.MaxLines ?? DefaultLines, 1, MostLines), cancellationToken));
    }

    /// <summary>Turns the connection into the console. The instance stands in the query: a request that is upgraded has no body.</summary>
    private async Task<WireResponse?> OpenConsoleAsync(Caller caller, HttpContext context, Exchange exchange)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true } || context.Request.Headers.Upgrade != ConsoleProtocol)
        {
            throw new AwsException("ValidationException", $"OpenConsole needs the headers 'Connection: Upgrade' and 'Upgrade: {ConsoleProtocol}'.");
        }

        var instanceId = Required(context.Request.Query["InstanceId"]);
        await using var console = await Part(parts.Consoles).OpenAsync(caller.AccountId, instanceId, context.RequestAborted);
        context.Response.Headers.Upgrade = ConsoleProtocol;
        await using var client = await upgrade.UpgradeAsync();
        logger.ConsoleOpened(instanceId, exchange.RequestId);
        await DuplexCopy.RunAsync(console, client, CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token));
        logger.ConsoleClosed(instanceId, exchange.RequestId);
        return null;
    }

    private static T Read<T>(Exchange exchange, JsonTypeInfo<T> type)
    {
        try
        {
            var body = exchange.Request.Body;
            return JsonSerializer.Deserialize(body.IsEmpty ? "{}"u8 : body.Span, type)
                ?? throw new AwsException("SerializationException", "The body is null.");
        }
        catch (JsonException malformed)
        {
            throw new AwsException("SerializationException", $"The body is not the JSON that is expected: {malformed.Message}");
        }
    }

    private static string Required(string? instanceId) => string.IsNullOrEmpty(instanceId)
        ? throw new AwsException("ValidationException", "InstanceId is missing.")
        : instanceId;

    private static T Part<T>(T? part)
        where T : class => part ?? throw new AwsException("UnsupportedOperationException", "This cloud has no such part.");

    private static WireResponse Json<T>(T value, JsonTypeInfo<T> type, Exchange exchange)
    {
        var buffer = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        var response = new WireResponse(200, buffer);
        response.Headers.Add("Content-Type", "application/x-amz-json-1.1");
        response.Headers.Add("x-amzn-RequestId", exchange.RequestId);
        return response;
    }

    private static WireResponse Fail(Exchange exchange, AwsException error)
    {
        exchange.ErrorCode = error.Code;
        return WireProtocol.For(ProtocolKind.Json11).WriteError(error, null, exchange.RequestId);
    }
}
