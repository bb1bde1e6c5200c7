namespace Nines.Wire;

/// <summary>What a request may cost before it is refused. Generous to real clients, fatal to none of our memory.</summary>
public static class WireLimits
{
    /// <summary>Parameters of one query request. A call with 1,000 ids and as many tags stays below.</summary>
    public const int MaxParameters = 5_000;

    /// <summary>Characters of one parameter's name.</summary>
    public const int MaxParameterNameLength = 1_024;

    /// <summary>Dotted parts of one parameter's name.</summary>
    public const int MaxParameterDepth = 32;

    /// <summary>Different dotted prefixes of all parameters' names together.</summary>
    public const int MaxParameterNodes = 4 * MaxParameters;

    /// <summary>How deep lists, maps and structures may contain each other, in any protocol.</summary>
    public const int MaxDepth = 64;

    /// <summary>Elements and attributes of an XML body.</summary>
    public const int MaxXmlNodes = 100_000;

    /// <summary>Elements and attributes of an XML answer, which a client reads: a page of 1,000 instances has 150,000.</summary>
    public const int MaxXmlAnswerNodes = 5_000_000;

    /// <summary>Values of a JSON or CBOR body: the largest that real clients send is 1,000 metrics of 150 values.</summary>
    public const int MaxValues = 250_000;
}
