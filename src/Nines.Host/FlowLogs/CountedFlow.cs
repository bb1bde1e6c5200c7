namespace Nines.Host.FlowLogs;

/// <summary>Packets of one flow that one adapter sent or received, as the kernel counted them.</summary>
internal sealed record CountedFlow
{
    /// <summary>The adapter's tap.</summary>
    public required string Tap { get; init; }

    /// <summary>Whether the adapter sent them; else it received them.</summary>
    public required bool IsSent { get; init; }

    /// <summary>Whether they passed.</summary>
    public required bool IsAccepted { get; init; }

    public required string Source { get; init; }

    public required string Destination { get; init; }

    /// <summary>0 where the protocol has no ports.</summary>
    public int SourcePort { get; init; }

    /// <inheritdoc cref="SourcePort"/>
    public int DestinationPort { get; init; }

    /// <summary>IANA's number.</summary>
    public required int Protocol { get; init; }

    public required long Packets { get; init; }

    /// <summary>With the headers of IP.</summary>
    public required long Bytes { get; init; }
}
