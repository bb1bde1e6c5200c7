using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Nines.Host.Metadata;

/// <summary>Answers one request of a guest: version 2 with session tokens, and version 1 where the machine allows it (AWS: Use IMDSv2).</summary>
internal sealed class MetadataHandler(MetadataDirectory directory, MetadataTokens tokens, TimeProvider time)
{
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string LifetimeHeader = "X-aws-ec2-metadata-token-ttl-seconds";
    private const string TokenPath = "/latest/api/token";
    private const short DefaultTimeToLive = 64;

    /// <summary>Answers the request; the machine is told by the listener's network and the source address, which the guard vouches for.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var network = context.Features.Get<MetadataListenerFeature>();
        var address = context.Connection.RemoteIpAddress;
        var subject = network is null || address is null ? null : directory.Find(network.VpcId, address);
        if (subject is null)
        {
            return RefuseAsync(context, StatusCodes.Status404NotFound);
        }

        var isToken = context.Request.Path.Value?.TrimEnd('/') == TokenPath;
        var isPut = HttpMethods.IsPut(context.Request.Method);
        SetTimeToLive(context, isToken && isPut ? (short)subject.Vm.Metadata.HopLimit : DefaultTimeToLive);
        if (!subject.Vm.Metadata.EndpointEnabled)
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden);
        }

        if (isToken && isPut)
        {
            return IssueAsync(context, subject);
        }

        return !isToken && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            ? ReadAsync(context, subject)
            : RefuseAsync(context, StatusCodes.Status405MethodNotAllowed);
    }

    private Task IssueAsync(HttpContext context, MetadataSubject subject)
    {
        // A proxy that forwards requests of others adds this header, and must not give them the machine's identity.
        if (context.Request.Headers.ContainsKey("X-Forwarded-For"))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden);
        }

        if (!int.TryParse(context.Request.Headers[LifetimeHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 1 or > MetadataTokens.MaxLifetimeSeconds)
        {
            return RefuseAsync(context, StatusCodes.Status400BadRequest);
        }

        context.Response.Headers[LifetimeHeader] = seconds.ToString(CultureInfo.InvariantCulture);
        return AnswerAsync(context, StatusCodes.Status200OK, "text/plain", Encoding.ASCII.GetBytes(tokens.Issue(subject.Vm.Id, seconds)));
    }

    private Task ReadAsync(HttpContext context, MetadataSubject subject)
    {
        string? token = context.Request.Headers[TokenHeader];
        var authorized = token is null ? !subject.Vm.Metadata.TokensRequired : tokens.Accepts(subject.Vm.Id, token);
        if (!authorized)
        {
            return RefuseAsync(context, StatusCodes.Status401Unauthorized);
        }

        var node = Find(context.Request.Path.Value ?? "/", subject);
        return node is null
            ? RefuseAsync(context, StatusCodes.Status404NotFound)
            : AnswerAsync(context, StatusCodes.Status200OK, node.ContentType, node.Content);
    }

    private MetadataNode? Find(string path, MetadataSubject subject)
    {
        var names = path.Split('/', 2, StringSplitOptions.RemoveEmptyEntries);
        return names.Length == 0 ? MetadataNode.Value(string.Join('\n', MetadataTree.Versions))
            : MetadataTree.Versions.Contains(names[0]) ? MetadataTree.Build(subject, time.GetUtcNow()).Find(names.Length > 1 ? names[1] : "")
            : null;
    }

    /// <summary>
    /// The hop limit keeps the answer to a token request from passing a router inside the machine. The socket keeps it until the next
    /// request, because the answer leaves some time after it was written.
    /// </summary>
    private static void SetTimeToLive(HttpContext context, short timeToLive)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && socket.Ttl != timeToLive)
        {
            socket.Ttl = timeToLive;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        var title = $"{status} - {Title(status)}";
        return AnswerAsync(context, status, "text/html", Encoding.ASCII.GetBytes($"""
            <?xml version="1.0" encoding="iso-8859-1"?>
            <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
             "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
            <html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
             <head>
              <title>{title}</title>
             </head>
             <body>
              <h1>{title}</h1>
             </body>
            </html>

            """));
    }

    private static string Title(int status) => (HttpStatusCode)status switch
    {
        HttpStatusCode.BadRequest => "Bad Request",
        HttpStatusCode.Unauthorized => "Unauthorized",
        HttpStatusCode.Forbidden => "Forbidden",
        HttpStatusCode.MethodNotAllowed => "Method Not Allowed",
        _ => "Not Found",
    };

    private static async Task AnswerAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> content)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.Server = "EC2ws";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }
}
