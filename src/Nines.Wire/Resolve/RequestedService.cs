namespace Nines.Wire.Resolve;

/// <summary>Which service a request is for, by the signature's scope or else the host. Nothing here is verified.</summary>
public static class RequestedService
{
    /// <summary>The service in the signature's scope, or null.</summary>
    public static string? FromScope(WireRequest request)
    {
        // AKID/20260102/us-east-1/ec2/aws4_request
        var credential = request.Headers.Find("Authorization") is { } authorization ? After(authorization, "Credential=") : After(request.QueryString, "X-Amz-Credential=");
        var parts = credential?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Split('/');
        return parts is [.., var service, "aws4_request"] && parts.Length >= 5 ? service : null;
    }

    /// <summary>The first label of the host's name, or null when it is an address or has one label only.</summary>
    public static string? FromHost(string host)
    {
        // ec2.us-east-1.amazonaws.com, ec2.localhost:4566
        var labels = host.Split(':')[0].Split('.');
        return labels.Length < 2 || labels.All(label => label.All(char.IsAsciiDigit)) ? null : labels[0];
    }

    private static string? After(string text, string marker)
    {
        var start = text.IndexOf(marker, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var rest = text[(start + marker.Length)..];
        var end = rest.AsSpan().IndexOfAny(',', ' ', '&');
        return end < 0 ? rest : rest[..end];
    }
}
