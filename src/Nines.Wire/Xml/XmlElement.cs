using System.Runtime.InteropServices;
using System.Text;
using System.Xml;

namespace Nines.Wire.Xml;

/// <summary>One element of a parsed body: enough of XML for AWS, without prefixes, comments, entities or DTDs.</summary>
internal sealed class XmlElement(string name)
{
    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    private static readonly List<XmlElement> s_none = [];
    private static readonly List<KeyValuePair<string, string>> s_noAttributes = [];

    private List<XmlElement>? _children;
    private List<KeyValuePair<string, string>>? _attributes;
    private string? _text;

    /// <summary>The local name.</summary>
    public string Name { get; } = name;

    /// <summary>The text directly inside, white space included.</summary>
    public string Text => _text ?? "";

    /// <summary>The elements inside, in order.</summary>
    public IReadOnlyList<XmlElement> Children => _children ?? s_none;

    /// <summary>The attributes with their prefixes, namespace declarations left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes => _attributes ?? s_noAttributes;

    /// <summary>The first element inside of that name, or null.</summary>
    public XmlElement? Find(string name) => _children?.Find(child => child.Name == name);

    /// <summary>Parses a document and gives its root.</summary>
    /// <exception cref="XmlException">Not well-formed, has a DTD, or is beyond <see cref="WireLimits"/>.</exception>
    public static XmlElement Parse(ReadOnlyMemory<byte> body, int maxNodes = WireLimits.MaxXmlNodes)
    {
        var stream = MemoryMarshal.TryGetArray(body, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(body.ToArray());
        using var reader = XmlReader.Create(stream, s_settings);
        var open = new Stack<(XmlElement Element, StringBuilder Text)>();
        XmlElement? root = null;
        var nodes = 0;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (++nodes > maxNodes || open.Count == WireLimits.MaxDepth)
                    {
                        throw new XmlException("The document has too many or too deeply nested elements.");
                    }

                    var element = new XmlElement(reader.LocalName);
                    if (open.TryPeek(out var parent))
                    {
                        (parent.Element._children ??= []).Add(element);
                    }

                    root ??= element;
                    var isEmpty = reader.IsEmptyElement;
                    nodes += element.ReadAttributes(reader);
                    if (!isEmpty)
                    {
                        open.Push((element, new StringBuilder()));
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace when open.TryPeek(out var current):
                    current.Text.Append(reader.Value);
                    break;
                case XmlNodeType.EndElement:
                    var (closed, text) = open.Pop();
                    closed._text = text.ToString();
                    break;
            }
        }

        return root ?? throw new XmlException("The document is empty.");
    }

    private int ReadAttributes(XmlReader reader)
    {
        var count = 0;
        for (; reader.MoveToNextAttribute(); count++)
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                (_attributes ??= []).Add(new(reader.Name, reader.Value));
            }
        }

        return count;
    }
}
