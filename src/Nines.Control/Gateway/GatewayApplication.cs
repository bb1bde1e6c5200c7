using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Nines.Control.Admin;
using Nines.Control.Ids;
using Nines.Wire;

namespace Nines.Control.Gateway;

/// <summary>Takes requests from the HTTP server and gives it the answers. Knows HTTP; what a request means is the pipeline's.</summary>
internal sealed class GatewayApplication(
    GatewayOptions options,
    Pipeline pipeline,
    AdminEndpoint admin,
    Admission admission,
    IIdSource ids,
    TimeProvider time,
    ILogger<GatewayApplication> logger) : IHttpApplication<HttpContext>
{
    /// <summary>The one path that needs no signature: whether the gateway answers, and its version.</summary>
    public const string HealthPath = "/_nines/health";

    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _health = System.Text.Encoding.UTF8.GetBytes($$"""{"status":"ok","version":"{{options.Version}}"}""");

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var exchange = Begin(context);
        if (exchange.Request.Path == HealthPath)
        {
            await AnswerHealthAsync(context);
            return;
        }

        try
        {
            using var response = AdminEndpoint.IsMeant(exchange.Request)
                ? await admin.AnswerAsync(context, exchange)
                : await pipeline.AnswerAsync(context, exchange);
            if (response is not null)
            {
                await SendAsync(context, response);
                Note(context, exchange, response);
            }
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            logger.ClientHungUp(exchange.RequestId, exception.GetType().Name);
        }
        finally
        {
            admission.Leave(exchange.BodyBytes);
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    private Exchange Begin(HttpContext context)
    {
        var feature = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var (path, query) = SplitTarget(feature.RawTarget);
        var headers = new WireHeaders();
        foreach (var (name, values) in feature.Headers)
        {
            foreach (var value in values)
            {
                headers.Add(name, value ?? "");
            }
        }

        return new Exchange
        {
            RequestId = ids.NextGuid().ToString(),
            StartedTimestamp = time.GetTimestamp(),
            Request = new WireRequest
            {
                Method = feature.Method,
                Path = path,
                QueryString = query,
                Host = context.Request.Host.Value ?? "",
                Headers = headers,
            },
        };
    }

    /// <summary>The path and query as they were sent: a signature covers them byte by byte.</summary>
    private static (string Path, string Query) SplitTarget(string target)
    {
        if (!target.StartsWith('/'))
        {
            // Absolute form, as clients send it to proxies: http://host/path?query. Anything else (an asterisk) has no path.
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var slash = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
            target = slash < 0 ? "/" : target[slash..];
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
    }

    private static async Task SendAsync(HttpContext context, WireResponse response)
    {
        context.Response.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers)
        {
            context.Response.Headers.Append(name, value);
        }

        var body = response.Body;
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        // In pieces: the server copies what it is given, and a client that reads slowly must not make it hold a second whole answer.
        for (var sent = 0; sent < body.Length; sent += PieceBytes)
        {
            await context.Response.BodyWriter.WriteAsync(body[sent..Math.Min(body.Length, sent + PieceBytes)], context.RequestAborted);
        }
    }

    private async Task AnswerHealthAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = _health.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(_health, context.RequestAborted);
        }
    }

    private void Note(HttpContext context, Exchange exchange, WireResponse response)
    {
        var elapsed = time.GetElapsedTime(exchange.StartedTimestamp);
        GatewayMeters.Answered(exchange.Action, response.Status, exchange.ErrorCode, elapsed.TotalSeconds);
        if (logger.IsEnabled(LogLevel.Information))
        {
            var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
            logger.RequestAnswered(
                exchange.Action,
                response.Status,
                exchange.ErrorCode ?? "-",
                Math.Round(elapsed.TotalMilliseconds, 2),
                response.Body.Length,
                exchange.Caller?.AccessKeyId ?? "-",
                string.Create(CultureInfo.InvariantCulture, $"{address}:{context.Connection.RemotePort}"),
                exchange.RequestId);
        }
    }
}
