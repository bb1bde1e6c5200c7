using System.Globalization;
using Nines.Wire.Schemas;

namespace Nines.Wire.Tests.RoundTrip;

/// <summary>A value as text that is equal for equal values, map order aside: records compare their lists by reference.</summary>
internal sealed class CanonicalText : ShapeWriter
{
    private readonly List<string> _lines = [];
    private readonly Stack<Frame> _frames = new([new Frame("", IsList: false)]);

    public static string Of(IShape value)
    {
        var writer = new CanonicalText();
        value.WriteMembers(writer);
        writer._lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', writer._lines);
    }

    public override void WriteBoolean(Member member, bool value) => Line(member, value.ToString());

    public override void WriteInteger(Member member, int value) => Line(member, value.ToString(CultureInfo.InvariantCulture));

    public override void WriteLong(Member member, long value) => Line(member, value.ToString(CultureInfo.InvariantCulture));

    public override void WriteFloat(Member member, float value) => Line(member, value.ToString("R", CultureInfo.InvariantCulture));

    public override void WriteDouble(Member member, double value) => Line(member, value.ToString("R", CultureInfo.InvariantCulture));

    public override void WriteString(Member member, string value) => Line(member, "'" + value.Replace("\n", "\\n", StringComparison.Ordinal) + "'");

    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value) => Line(member, Convert.ToHexString(value.Span));

    public override void WriteTimestamp(Member member, DateTimeOffset value) => Line(member, value.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));

    public override void BeginStructure(Member member) => Begin(member, "structure", isList: false);

    public override void EndStructure(Member member) => _frames.Pop();

    public override void BeginList(Member member, int count) => Begin(member, "list of " + count, isList: true);

    public override void EndList(Member member) => _frames.Pop();

    public override void BeginMap(Member member, int count) => Begin(member, "map of " + count, isList: false);

    public override void BeginEntry(Member member, string key) => _frames.Push(new Frame(_frames.Peek().Path + "/[" + key + "]", IsList: false));

    public override void EndEntry(Member member) => _frames.Pop();

    public override void EndMap(Member member) => _frames.Pop();

    private void Begin(Member member, string what, bool isList)
    {
        var path = Path(member);
        _lines.Add(path + " = " + what);
        _frames.Push(new Frame(path, isList));
    }

    private void Line(Member member, string text) => _lines.Add(Path(member) + " = " + text);

    private string Path(Member member)
    {
        var frame = _frames.Peek();
        return frame.IsList ? $"{frame.Path}/{frame.Items++}" : $"{frame.Path}/{member.Name}";
    }

    private sealed record Frame(string Path, bool IsList)
    {
        public int Items { get; set; }
    }
}
