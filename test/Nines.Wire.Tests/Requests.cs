using System.Text;

namespace Nines.Wire.Tests;

/// <summary>Requests as clients send them.</summary>
internal static class Requests
{
    public static WireRequest Form(string form, string? signedFor = null) => new()
    {
        Headers = Headers("application/x-www-form-urlencoded; charset=utf-8", signedFor),
        Body = Encoding.UTF8.GetBytes(form),
    };

    public static WireHeaders Headers(string? contentType, string? signedFor = null)
    {
        var headers = new WireHeaders();
        if (contentType is not null)
        {
            headers.Add("Content-Type", contentType);
        }

        if (signedFor is not null)
        {
            headers.Add("Authorization", $"AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/{signedFor}/aws4_request, SignedHeaders=host, Signature=00");
        }

        return headers;
    }
}
