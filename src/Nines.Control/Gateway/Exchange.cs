using Nines.Wire;
using Nines.Wire.Resolve;

namespace Nines.Control.Gateway;

/// <summary>One request on its way through the pipeline: what is known of it so far.</summary>
internal sealed class Exchange
{
    /// <summary>The request's id, as the answer carries it.</summary>
    public required string RequestId { get; init; }

    /// <summary>When it began, by the clock that measures.</summary>
    public required long StartedTimestamp { get; init; }

    /// <summary>The request; its body is set once it has been read.</summary>
    public required WireRequest Request { get; init; }

    /// <summary>Memory that was taken for its body.</summary>
    public long BodyBytes { get; set; }

    /// <summary>What it asks for.</summary>
    public Resolution? Resolution { get; set; }

    /// <summary>Who calls.</summary>
    public Caller? Caller { get; set; }

    /// <summary>AWS's code of the error that was answered; null for a result.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>The operation with its method, once it was found.</summary>
    public MappedOperation? Mapped { get; set; }

    /// <summary>The operator's verb that is asked for, one of <see cref="Admin.AdminEndpoint.Targets"/>; null for a request of AWS's API.</summary>
    public string? AdminTarget { get; set; }

    /// <summary>
    /// What is asked for, for the log and the metrics: <c>ec2:RunInstances</c>. Never a name that only the client gave:
    /// it could forge a line, or make a series of metrics for every request.
    /// </summary>
    public string Action =>
        Mapped is not null ? Mapped.Action
        : AdminTarget is not null ? $"nines:{AdminTarget}"
        : Resolution is { Operation: { } operation } ? $"{operation.Service.SigningName}:{operation.Name}"
        : Resolution is { Service: { } service } ? $"{service.SigningName}:-"
        : "-";
}
