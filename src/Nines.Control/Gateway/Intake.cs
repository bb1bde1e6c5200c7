using Microsoft.AspNetCore.Http;
using Nines.Wire;

namespace Nines.Control.Gateway;

/// <summary>The first step of every request: a place, and its body in memory, or a refusal.</summary>
internal sealed class Intake(GatewayLimits limits, Admission admission)
{
    /// <param name="context">The request.</param>
    /// <param name="exchange">Is given the body.</param>
    /// <param name="service">The signing name of the service that is asked, as far as the headers say.</param>
    /// <param name="family">Finds how the service names its errors; called for a refusal only.</param>
    /// <exception cref="AwsException">Too many requests at once, or too large a body.</exception>
    public async ValueTask AdmitAsync(HttpContext context, Exchange exchange, string? service, Func<Exchange, ErrorFamily> family)
    {
        if (!admission.TryEnter())
        {
            throw CommonErrors.Throttled(family(exchange));
        }

        var limit = limits.BodyBytesOf(service);
        var (body, refusal) = await RequestBody.ReadAsync(context, exchange, admission, limit);
        if (body is { } sent && IsGzip(exchange, service))
        {
            exchange.Request.EncodedBody = sent;
            (body, refusal) = GzipBody.Inflate(sent, limit, bytes =>
            {
                exchange.BodyBytes += bytes;
                return admission.TryTake(bytes);
            });
        }

        if (body is null)
        {
            // The rest of the body is not worth reading: the answer is the connection's last.
            context.Response.Headers.Connection = "close";
            throw refusal switch
            {
                BodyRefusal.TooLarge => CommonErrors.TooLarge(family(exchange), limit),
                BodyRefusal.Malformed => CommonErrors.NotGzip(family(exchange)),
                _ => CommonErrors.Throttled(family(exchange)),
            };
        }

        exchange.Request.Body = body;
    }

    /// <summary>Whether the encoding is the request's own. That of an object in S3 belongs to the object.</summary>
    private static bool IsGzip(Exchange exchange, string? service) =>
        service != "s3" && string.Equals(exchange.Request.Headers.Find("Content-Encoding"), "gzip", StringComparison.OrdinalIgnoreCase);
}
