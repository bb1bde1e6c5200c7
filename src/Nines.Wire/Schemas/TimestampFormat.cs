namespace Nines.Wire.Schemas;

/// <summary>How a timestamp is written (Smithy's <c>timestampFormat</c>).</summary>
public enum TimestampFormat
{
    /// <summary>What the protocol uses at this place when the model says nothing.</summary>
    Default,

    /// <summary>RFC 3339 in UTC: <c>2026-01-02T03:04:05.678Z</c>.</summary>
    DateTime,

    /// <summary>RFC 9110 date: <c>Fri, 02 Jan 2026 03:04:05 GMT</c>. Has no fraction of a second.</summary>
    HttpDate,

    /// <summary>Seconds since 1970, with a fraction where there is one.</summary>
    EpochSeconds,
}
