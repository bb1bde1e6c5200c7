using Nines.Wire.Rest;

namespace Nines.Wire.Resolve;

/// <summary>How a REST operation is asked for.</summary>
internal sealed class RestRoute
{
    private readonly string[] _headers;

    /// <param name="operation">The operation's name.</param>
    /// <param name="route">Method, path and required headers, as the catalogue has them.</param>
    public RestRoute(string operation, string route)
    {
        var parts = route.Split(' ');
        Operation = operation;
        Pattern = new UriPattern(parts[0], parts[1]);
        _headers = parts[2..];
    }

    public string Operation { get; }

    public UriPattern Pattern { get; }

    /// <summary>Of two operations with one path: the more required headers are there the better; worst when one is missing.</summary>
    public int Headers(WireRequest request) => _headers.All(header => request.Headers.Find(header) is not null) ? _headers.Length : -1;
}
