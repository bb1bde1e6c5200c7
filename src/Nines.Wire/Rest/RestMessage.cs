using Nines.Wire.Query;
using Nines.Wire.Schemas;

namespace Nines.Wire.Rest;

/// <summary>The parts of a request or response that members can be bound to.</summary>
internal sealed class RestMessage
{
    /// <summary>The labels of the path.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The query.</summary>
    public QueryParameters? Parameters { get; init; }

    /// <summary>The query parameters that choose the operation and so belong to no member.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> FixedQuery { get; init; } = [];

    /// <summary>The headers.</summary>
    public required WireHeaders Headers { get; init; }

    /// <summary>The HTTP status of a response.</summary>
    public int Status { get; init; }

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The schema whose members are bound.</summary>
    public required Schema Schema { get; init; }

    /// <summary>Makes the protocol's error.</summary>
    public required Func<string, AwsException> Malformed { get; init; }
}
