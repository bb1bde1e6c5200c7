using System.Globalization;
using System.Text;
using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Query;

/// <summary>Writes values as query parameters: the client's side.</summary>
internal sealed class QueryShapeWriter(QueryDialect dialect) : TextShapeWriter
{
    private readonly StringBuilder _form = new();
    private readonly Stack<Frame> _frames = new([new Frame("")]);

    /// <summary>The form so far.</summary>
    public override string ToString() => _form.ToString();

    /// <summary>Adds a parameter.</summary>
    public void Add(string name, string value) =>
        _form.Append(_form.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));

    public override void BeginStructure(Member member) => _frames.Push(new Frame(NameOf(member)));

    public override void EndStructure(Member member) => _frames.Pop();

    public override void BeginList(Member member, int count) => BeginItems(member, count);

    public override void EndList(Member member) => _frames.Pop();

    public override void BeginMap(Member member, int count) => BeginItems(member, count);

    public override void BeginEntry(Member member, string key)
    {
        var frame = _frames.Peek();
        var entry = $"{frame.Prefix}.{++frame.Count}";
        Add($"{entry}.{member.Key!.XmlName}", key);
        _frames.Push(new Frame(entry) { EntryValue = member.Value });
    }

    public override void EndEntry(Member member) => _frames.Pop();

    public override void EndMap(Member member) => _frames.Pop();

    protected override void Text(Member member, string text) => Add(NameOf(member), text);

    protected override TimestampFormat DefaultFormat(Member member) => TimestampFormat.DateTime;

    private void BeginItems(Member member, int count)
    {
        var name = NameOf(member);
        if (count == 0)
        {
            Add(name, "");
        }

        _frames.Push(new Frame(dialect.ItemName(member) is { } step ? name + "." + step : name) { Items = true });
    }

    private string NameOf(Member member)
    {
        var frame = _frames.Peek();
        if (frame.Items)
        {
            return frame.Prefix + "." + (++frame.Count).ToString(CultureInfo.InvariantCulture);
        }

        var name = frame.EntryValue == member ? member.XmlName : dialect.NameOf(member);
        return frame.Prefix.Length == 0 ? name : frame.Prefix + "." + name;
    }

    private sealed class Frame(string prefix)
    {
        public string Prefix { get; } = prefix;

        public bool Items { get; init; }

        public Member? EntryValue { get; init; }

        public int Count { get; set; }
    }
}
