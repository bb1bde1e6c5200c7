namespace Nines.Wire.Schemas;

/// <summary>Where a REST operation's top-level member is carried.</summary>
public enum MemberLocation
{
    /// <summary>In the body.</summary>
    Body,

    /// <summary>A label of the path.</summary>
    Uri,

    /// <summary>A query parameter, or for a map all that are not otherwise bound.</summary>
    QueryString,

    /// <summary>A header.</summary>
    Header,

    /// <summary>A map of all headers that start with the member's wire name.</summary>
    HeaderPrefix,

    /// <summary>The HTTP status code (output only).</summary>
    StatusCode,
}
