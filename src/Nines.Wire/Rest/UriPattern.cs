using Nines.Wire.Query;

namespace Nines.Wire.Rest;

/// <summary>The path and query that choose a REST operation: <c>/{Bucket}/{Key+}?uploads</c>. Source: Smithy's <c>http</c> trait.</summary>
internal sealed class UriPattern
{
    private readonly string[] _segments;
    private readonly List<KeyValuePair<string, string?>> _query = [];

    public UriPattern(string method, string uri)
    {
        Method = method;
        var question = uri.IndexOf('?', StringComparison.Ordinal);
        // Some models end their paths with a slash that newer ones dropped; one at the end of a request means nothing.
        _segments = Split((question < 0 ? uri : uri[..question]).TrimEnd('/'));
        foreach (var pair in question < 0 ? [] : uri[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            _query.Add(equals < 0 ? new(pair, null) : new(pair[..equals], pair[(equals + 1)..]));
        }

        Specificity = (_query.Count * 10_000) + _segments.Sum(segment => IsGreedy(segment) ? 1 : IsLabel(segment) ? 10 : 100);
    }

    /// <summary>The HTTP method.</summary>
    public string Method { get; }

    /// <summary>The query parameters that belong to the pattern, with the value that they must have, if any.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Query => _query;

    /// <summary>Of two patterns that match, the one with the greater figure is meant: query parameters count more than fixed segments, those more than labels, greedy labels least.</summary>
    public int Specificity { get; }

    /// <summary>The labels' values when the request matches, else null.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path as it was sent.</param>
    /// <param name="parameters">The query.</param>
    /// <exception cref="AwsException">A label is not UTF-8.</exception>
    public Dictionary<string, string>? Match(string method, string path, QueryParameters parameters)
    {
        if (method != Method || _query.Any(pair => parameters.Find(pair.Key) is not { } value || (pair.Value is not null && pair.Value != value)))
        {
            return null;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var parts = Split(path);
        var next = 0;
        for (var index = 0; index < _segments.Length; index++)
        {
            var segment = _segments[index];
            if (IsGreedy(segment))
            {
                var end = parts.Length - (_segments.Length - index - 1);
                if (end <= next || (end == next + 1 && parts[next].Length == 0))
                {
                    return null;
                }

                labels[segment[1..^2]] = QueryParameters.DecodePath(string.Join('/', parts[next..end]));
                next = end;
            }
            else if (next == parts.Length || (IsLabel(segment) ? parts[next].Length == 0 : segment != QueryParameters.DecodePath(parts[next])))
            {
                return null;
            }
            else
            {
                if (IsLabel(segment))
                {
                    labels[segment[1..^1]] = QueryParameters.DecodePath(parts[next]);
                }

                next++;
            }
        }

        // One slash too many at the end means the same resource.
        return next == parts.Length || (next == parts.Length - 1 && parts[next].Length == 0) ? labels : null;
    }

    /// <summary>The path with the labels filled in and percent-encoded.</summary>
    public string Fill(IReadOnlyDictionary<string, string> labels) => "/" + string.Join('/', _segments.Select(segment =>
        IsGreedy(segment) ? string.Join('/', labels[segment[1..^2]].Split('/').Select(Uri.EscapeDataString))
        : IsLabel(segment) ? Uri.EscapeDataString(labels[segment[1..^1]])
        : segment));

    private static string[] Split(string path) => path is "/" or "" ? [] : path[(path[0] == '/' ? 1 : 0)..].Split('/');

    private static bool IsLabel(string segment) => segment.StartsWith('{') && segment.EndsWith('}');

    private static bool IsGreedy(string segment) => IsLabel(segment) && segment.EndsWith("+}", StringComparison.Ordinal);
}
