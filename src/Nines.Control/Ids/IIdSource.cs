namespace Nines.Control.Ids;

/// <summary>Where new ids come from, so that a simulation can repeat them.</summary>
internal interface IIdSource
{
    /// <summary>An id as AWS makes them today: the prefix, a hyphen and 17 hexadecimal digits, such as <c>i-0123456789abcdef0</c>.</summary>
    /// <param name="prefix">Without the hyphen: <c>i</c>, <c>vol</c>, <c>eni</c>.</param>
    string Next(string prefix);

    /// <summary>A random UUID (RFC 9562, version 4): request ids, client tokens.</summary>
    Guid NextGuid();
}
