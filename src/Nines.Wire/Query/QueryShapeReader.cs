using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Query;

/// <summary>Reads values from query parameters.</summary>
internal sealed class QueryShapeReader(QueryDialect dialect, QueryNode root) : TextShapeReader
{
    private readonly Stack<Frame> _frames = new();
    private QueryNode _current = root;

    public override void BeginStructure(Schema schema)
    {
        if (_frames.Count == WireLimits.MaxDepth)
        {
            throw new AwsException("MalformedQueryString", "The parameters are nested too deeply.");
        }

        _frames.Push(new Frame(schema, [.. _current.Children]));
    }

    public override Member? NextMember()
    {
        var frame = _frames.Peek();
        while (frame.Next < frame.Nodes.Count)
        {
            var (name, node) = frame.Nodes[frame.Next++];
            if (dialect.Find(frame.Schema!, name) is { } member)
            {
                _current = node;
                return member;
            }

            if (dialect.RefusesUnknown && !(_frames.Count == 1 && IsCommon(name)))
            {
                throw QueryDialect.Unknown(FirstValue(node).Path);
            }
        }

        _frames.Pop();
        return null;
    }

    public override void BeginList(Member member) => _frames.Push(new Frame(null, Items(member)));

    public override bool NextItem()
    {
        var frame = _frames.Peek();
        if (frame.Next < frame.Nodes.Count)
        {
            _current = frame.Nodes[frame.Next++].Value;
            return true;
        }

        _frames.Pop();
        return false;
    }

    public override void BeginMap(Member member) => _frames.Push(new Frame(null, Items(member)) { Map = member });

    public override string? NextKey()
    {
        var frame = _frames.Peek();
        if (frame.Next == frame.Nodes.Count)
        {
            _frames.Pop();
            return null;
        }

        var entry = frame.Nodes[frame.Next++].Value;
        if (entry.Children.GetValueOrDefault(frame.Map!.Key!.XmlName)?.Value is not { } key || !entry.Children.TryGetValue(frame.Map.Value!.XmlName, out var value))
        {
            throw QueryDialect.Invalid(entry.Path, entry.Value ?? "", ShapeType.Map);
        }

        _current = value;
        return key;
    }

    protected override string Text(Member member) => _current.Value ?? throw QueryDialect.Invalid(FirstValue(_current).Path, FirstValue(_current).Value ?? "", member.Type);

    protected override AwsException Invalid(Member member, string text) => QueryDialect.Invalid(_current.Path, text, member.Type);

    // Parameters of every request, not of an operation.
    private static bool IsCommon(string name) =>
        name is "Action" or "Version" or "AWSAccessKeyId" or "Signature" or "SignatureMethod" or "SignatureVersion" or "SecurityToken" or "Timestamp" or "Expires"
        || name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase);

    private static QueryNode FirstValue(QueryNode node)
    {
        while (node.Value is null && node.Children.Count > 0)
        {
            node = node.Children.Values.First();
        }

        return node;
    }

    // The items in the order of their indexes. Gaps are skipped; an index is never a size.
    private List<KeyValuePair<string, QueryNode>> Items(Member member)
    {
        var list = _current;
        if (dialect.ItemName(member) is { } step && list.Children.TryGetValue(step, out var inner))
        {
            list = inner;
        }

        if (list.Value is { Length: > 0 } text)
        {
            throw dialect.RefusesUnknown ? QueryDialect.Unknown(list.Path) : QueryDialect.Invalid(list.Path, text, member.Type);
        }

        var items = new List<(long Index, KeyValuePair<string, QueryNode> Node)>(list.Children.Count);
        foreach (var child in list.Children)
        {
            if (ScalarText.ParseInteger(child.Key) is not > 0)
            {
                throw dialect.RefusesUnknown ? QueryDialect.Unknown(child.Value.Path) : QueryDialect.Invalid(child.Value.Path, child.Key, ShapeType.Integer);
            }

            items.Add((ScalarText.ParseInteger(child.Key)!.Value, child));
        }

        return [.. items.OrderBy(item => item.Index).Select(item => item.Node)];
    }

    private sealed class Frame(Schema? schema, List<KeyValuePair<string, QueryNode>> nodes)
    {
        public Schema? Schema { get; } = schema;

        public Member? Map { get; init; }

        public List<KeyValuePair<string, QueryNode>> Nodes { get; } = nodes;

        public int Next { get; set; }
    }
}
