using Nines.Wire.Query;

namespace Nines.Wire;

/// <summary>One HTTP request as the protocols see it, independent of the server that received it. Its body is in memory: whoever reads it bounds it.</summary>
public sealed class WireRequest
{
    private QueryParameters? _parameters;
    private QueryParameters? _query;

    /// <summary>The HTTP method, in capitals.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>The path as it was sent, with its percent-encoding, without the query.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The query as it was sent, without the question mark; empty when there is none.</summary>
    public string QueryString { get; init; } = "";

    /// <summary>The host that the client asked for, with or without its port.</summary>
    public string Host { get; init; } = "";

    /// <summary>The headers.</summary>
    public WireHeaders Headers { get; init; } = [];

    /// <summary>The body; empty until it has arrived.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>The body as it was sent, where its encoding has been undone: what a signature covers.</summary>
    public ReadOnlyMemory<byte>? EncodedBody { get; set; }

    /// <summary>
    /// The parameters of the query and of a form body, parsed once; where both have one, the body's counts.
    /// </summary>
    /// <exception cref="AwsException"><c>MalformedQueryString</c>: not a form, not UTF-8, or beyond <see cref="WireLimits"/>.</exception>
    internal QueryParameters Parameters => _parameters ??= QueryParameters.Parse(QueryString, IsForm ? Body.Span : default);

    /// <summary>The parameters of the query alone, parsed once: what REST protocols look at, whose bodies may be anything.</summary>
    /// <exception cref="AwsException"><c>MalformedQueryString</c>.</exception>
    internal QueryParameters Query => _query ??= QueryParameters.Parse(QueryString, default);

    private bool IsForm => Headers.Find("Content-Type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ?? false;
}
