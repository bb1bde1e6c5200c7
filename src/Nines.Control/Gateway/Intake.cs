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
        if (body is null)
        {
            // The rest of the body is not worth reading: the answer is the connection's last.
            context.Response.Headers.Connection = "close";
            throw refusal == BodyRefusal.TooLarge ? CommonErrors.TooLarge(family(exchange), limit) : CommonErrors.Throttled(family(exchange));
        }

        exchange.Request.Body = body;
    }
}
