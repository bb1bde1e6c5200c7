using System.IO.Pipelines;
using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nines.Control.Gateway;

/// <summary>Reads a body into memory, never more of it than allowed, and never more memory than has arrived.</summary>
internal static class RequestBody
{
    private const int FirstBytes = 4096;

    /// <returns>The body; null when it is larger than <paramref name="limitBytes"/> or the memory of all bodies is used up.</returns>
    /// <param name="context">The request.</param>
    /// <param name="exchange">Notes the memory that was taken.</param>
    /// <param name="admission">Counts the memory.</param>
    /// <param name="limitBytes">The largest body.</param>
    public static async ValueTask<(byte[]? Body, BodyRefusal Refusal)> ReadAsync(HttpContext context, Exchange exchange, Admission admission, int limitBytes)
    {
        var request = context.Request;
        if (request.ContentLength > limitBytes)
        {
            return (null, BodyRefusal.TooLarge);
        }

        if (request.ContentLength is 0 || (request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false))
        {
            return ([], BodyRefusal.None);
        }

        var length = 0;
        var body = new byte[(int)Math.Min(request.ContentLength ?? FirstBytes, FirstBytes)];
        if (!Take(body.Length))
        {
            return (null, BodyRefusal.NoMemory);
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > limitBytes - length)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start);
                return (null, BodyRefusal.TooLarge);
            }

            var needed = length + (int)read.Buffer.Length;
            if (needed > body.Length)
            {
                var larger = (int)Math.Min(request.ContentLength ?? limitBytes, Math.Max(needed, body.Length * 2L));
                if (!Take(larger - body.Length))
                {
                    request.BodyReader.AdvanceTo(read.Buffer.Start);
                    return (null, BodyRefusal.NoMemory);
                }

                Array.Resize(ref body, larger);
            }

            read.Buffer.CopyTo(body.AsSpan(length));
            length = needed;
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                Array.Resize(ref body, length);
                return (body, BodyRefusal.None);
            }
        }

        bool Take(int bytes)
        {
            exchange.BodyBytes += bytes;
            return admission.TryTake(bytes);
        }
    }
}
