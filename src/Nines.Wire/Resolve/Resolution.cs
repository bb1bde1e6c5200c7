using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Wire.Resolve;

/// <summary>What a request asks for, as far as its bytes say. Whoever gets it authenticates first and reports <see cref="Error"/> after.</summary>
/// <param name="Protocol">The protocol that the client speaks and wants its answer in.</param>
public sealed record Resolution(WireProtocol Protocol)
{
    /// <summary>The service, or null when the request does not say.</summary>
    public ServiceDescriptor? Service { get; init; }

    /// <summary>The operation, or null when there is an <see cref="Error"/>.</summary>
    public Operation? Operation { get; init; }

    /// <summary>The operation's name as the client gave it, or null.</summary>
    public string? OperationName { get; init; }

    /// <summary>Why the request cannot be carried out: malformed, unknown, or not implemented here.</summary>
    public AwsException? Error { get; init; }
}
