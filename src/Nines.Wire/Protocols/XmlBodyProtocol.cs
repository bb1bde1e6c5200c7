using Nines.Wire.Schemas;
using Nines.Wire.Xml;

namespace Nines.Wire.Protocols;

/// <summary>What the protocols with XML answers share.</summary>
public abstract class XmlBodyProtocol : WireProtocol
{
    private protected XmlBodyProtocol()
    {
    }

    /// <inheritdoc/>
    public override string FragmentFormat => Milliseconds ? "xml-ms" : "xml";

    /// <summary>Whether times keep a fraction of zero.</summary>
    private protected virtual bool Milliseconds => false;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Fragment(Member item, IShape value)
    {
        using var buffer = new PooledBuffer();
        Writer(buffer).WriteStructure(item, value);
        return buffer.Written.ToArray();
    }

    private protected XmlShapeWriter Writer(PooledBuffer buffer) => new(buffer, FragmentFormat, Milliseconds);

    private protected static WireResponse Response(int status, PooledBuffer? body, string requestId)
    {
        var response = new WireResponse(status, body);
        if (body is not null)
        {
            response.Headers.Add("Content-Type", "text/xml;charset=UTF-8");
        }

        response.Headers.Add("x-amzn-RequestId", requestId);
        return response;
    }

    private protected static XmlElement ParseAnswer(ReadOnlyMemory<byte> body) => Parse(body, WireLimits.MaxXmlAnswerNodes);

    private protected static XmlElement Parse(ReadOnlyMemory<byte> body, int maxNodes = WireLimits.MaxXmlNodes)
    {
        try
        {
            return XmlElement.Parse(body, maxNodes);
        }
        catch (System.Xml.XmlException)
        {
            throw XmlShapeReader.Malformed("The XML you provided was not well-formed or did not validate against our published schema");
        }
    }

    private protected override AwsException ParseError(WireResponse response)
    {
        var root = ParseAnswer(response.Body);
        var error = root.Name == "Error" ? root : root.Find("Error") ?? root.Find("Errors")?.Find("Error") ?? root;
        return new AwsException(EmptyToNull(error.Find("Code")?.Text, "Unknown"), error.Find("Message")?.Text ?? "", response.Status);
    }
}
