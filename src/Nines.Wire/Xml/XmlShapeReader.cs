using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Xml;

/// <summary>Reads values from a parsed XML body.</summary>
internal sealed class XmlShapeReader(XmlElement root) : TextShapeReader
{
    private readonly Stack<Frame> _frames = new();
    private XmlElement _current = root;
    private XmlElement? _parent;
    private string? _attribute;

    public override void BeginStructure(Schema schema) => _frames.Push(new Frame(_current, schema));

    public override Member? NextMember()
    {
        var frame = _frames.Peek();
        _attribute = null;
        while (frame.NextAttribute < frame.Element.Attributes.Count)
        {
            var (name, value) = frame.Element.Attributes[frame.NextAttribute++];
            if (frame.Schema!.ByXmlName.GetValueOrDefault(name) is { XmlAttribute: true } attribute)
            {
                _attribute = value;
                return attribute;
            }
        }

        while (frame.Next < frame.Element.Children.Count)
        {
            var child = frame.Element.Children[frame.Next++];
            if (frame.Schema!.ByXmlName.GetValueOrDefault(child.Name) is { XmlAttribute: false } member && (!member.Flattened || frame.SeeOnce(member)))
            {
                _current = child;
                _parent = frame.Element;
                return member;
            }
        }

        _frames.Pop();
        return null;
    }

    public override void BeginList(Member member) => _frames.Push(new Frame(_current, null, Items(member)));

    public override bool NextItem() => NextOf(_frames.Peek()) is not null;

    public override void BeginMap(Member member) => _frames.Push(new Frame(_current, null, Items(member)) { Map = member });

    public override string? NextKey()
    {
        var frame = _frames.Peek();
        if (NextOf(frame) is not { } entry)
        {
            return null;
        }

        if (entry.Find(frame.Map!.Key!.XmlName) is not { } key || entry.Find(frame.Map.Value!.XmlName) is not { } value)
        {
            throw Malformed($"An entry of {frame.Map.Name} has no key or no value.");
        }

        _current = value;
        return key.Text;
    }

    protected override string Text(Member member) => _attribute ?? _current.Text;

    protected override AwsException Invalid(Member member, string text) => Malformed($"{member.XmlName} is not {ScalarText.Describe(member.Type)}.");

    /// <summary>The error for a body that does not fit the schema.</summary>
    internal static AwsException Malformed(string message) => new("MalformedXML", message);

    private XmlElement? NextOf(Frame frame)
    {
        if (frame.Next < frame.Items!.Count)
        {
            return _current = frame.Items[frame.Next++];
        }

        _frames.Pop();
        return null;
    }

    // A flattened list's items are all elements of its name beside the first one.
    private IReadOnlyList<XmlElement> Items(Member member) =>
        member.Flattened ? [.. _parent!.Children.Where(child => child.Name == _current.Name)] : _current.Children;

    private sealed class Frame(XmlElement element, Schema? schema, IReadOnlyList<XmlElement>? items = null)
    {
        private HashSet<Member>? _seen;

        public XmlElement Element { get; } = element;

        public Schema? Schema { get; } = schema;

        public IReadOnlyList<XmlElement>? Items { get; } = items;

        public Member? Map { get; init; }

        public int Next { get; set; }

        public int NextAttribute { get; set; }

        public bool SeeOnce(Member member) => (_seen ??= []).Add(member);
    }
}
