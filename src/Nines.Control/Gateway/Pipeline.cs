using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nines.Control.Store;
using Nines.Wire;
using Nines.Wire.Resolve;
using Nines.Wire.Schemas;
using Nines.Wire.Signing;

namespace Nines.Control.Gateway;

/// <summary>
/// What happens to a request, in order: limits, body, resolve, authenticate, authorize, parse, dry run, handler,
/// serialise; then the access log and the metrics. Every request of every service takes this way; there is no other.
/// </summary>
internal sealed class Pipeline(
    GatewayOptions options,
    OperationResolver resolver,
    OperationTable operations,
    Authenticator authenticator,
    Intake intake,
    TimeProvider time,
    ILogger<Pipeline> logger)
{
    /// <summary>Answers a request. The caller sends and disposes the response; null: the client has hung up.</summary>
    public async ValueTask<WireResponse?> AnswerAsync(HttpContext context, Exchange exchange)
    {
        try
        {
            await intake.AdmitAsync(context, exchange, RequestedService.FromScope(exchange.Request), Family);
            var operation = Resolve(exchange);
            var now = Authenticate(exchange);
            var mapped = Authorize(exchange, operation);
            var input = Parse(exchange, mapped);
            var origin = new CallOrigin(mapped.Action, context.Connection.RemoteIpAddress, exchange.Request.Headers.Find("User-Agent"), input);
            var call = new Call(exchange.Caller!, exchange.RequestId, options.Region, now, mapped.IsDryRun(input)) { Origin = origin };
            AnswerDryRun(call, mapped);
            var output = await mapped.InvokeAsync(input, call, context.RequestAborted);
            return exchange.Resolution!.Protocol.WriteOutput(mapped.Operation, output, exchange.RequestId);
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
        catch (StoreException failure)
        {
            logger.RequestRefusedByStore(failure, exchange.Action, exchange.RequestId);
            return Fail(exchange, CommonErrors.Unavailable(Family(exchange), failure is StoreFullException
                ? "The cloud has no room to record this request. Nothing was changed."
                : "The cloud cannot record this request now. Nothing was changed."));
        }
        catch (Exception fault)
        {
            logger.RequestFaulted(fault, exchange.Action, exchange.RequestId);
            return Fail(exchange, CommonErrors.Internal(Family(exchange), exchange.RequestId));
        }
    }

    /// <summary>An operation that does not exist or is not here is reported to callers that have proved who they are, and to them only.</summary>
    private Operation? Resolve(Exchange exchange)
    {
        exchange.Resolution = resolver.Resolve(exchange.Request);
        return exchange.Resolution.Operation;
    }

    private DateTimeOffset Authenticate(Exchange exchange)
    {
        var now = time.GetUtcNow();
        exchange.Caller = authenticator.Authenticate(exchange.Request, exchange.Resolution!.Service?.SigningName, now, out var error)
            ?? throw CommonErrors.Authentication(Family(exchange), error ?? SignatureError.Missing);
        return now;
    }

    private MappedOperation Authorize(Exchange exchange, Operation? operation)
    {
        if (operation is null)
        {
            throw exchange.Resolution!.Error ?? exchange.Resolution.Protocol.MissingOperation();
        }

        var mapped = operations.Find(operation)
            ?? throw exchange.Resolution!.Protocol.NotImplemented(operation.Service.FullName, operation.Name);
        exchange.Mapped = mapped;
        return Authorizer.IsAllowed(exchange.Caller!, mapped.Action)
            ? mapped
            : throw CommonErrors.Denied(Family(exchange), exchange.Caller!.Arn, mapped.Action);
    }

    private static IShape Parse(Exchange exchange, MappedOperation mapped) =>
        exchange.Resolution!.Protocol.ReadInput(mapped.Operation, exchange.Request);

    private static void AnswerDryRun(Call call, MappedOperation mapped)
    {
        if (!mapped.AnswersDryRun)
        {
            call.AnswerDryRun();
        }
    }

    private WireResponse Fail(Exchange exchange, AwsException error)
    {
        exchange.ErrorCode = error.Code;
        var resolution = exchange.Resolution ??= resolver.Resolve(exchange.Request);
        return resolution.Protocol.WriteError(error, resolution.Service, exchange.RequestId);
    }

    private ErrorFamily Family(Exchange exchange)
    {
        var resolution = exchange.Resolution ??= resolver.Resolve(exchange.Request);
        return ErrorFamilies.Of(resolution.Service, resolution.Protocol.Kind);
    }
}
