using Nines.Wire.Schemas;

namespace Nines.Wire.Protocols;

/// <summary>Finds the first required member that a value lacks, at any depth. Walks the value as a writer does.</summary>
internal sealed class RequiredMembers : ShapeWriter
{
    private readonly Func<Member, string> _name;
    private readonly Stack<Frame> _frames = new();
    private string? _missing;

    private RequiredMembers(Func<Member, string> name) => _name = name;

    /// <summary>The path of the first missing member in the names that <paramref name="name"/> gives, or null.</summary>
    public static string? FirstMissing(Schema schema, IShape value, Func<Member, string> name)
    {
        var finder = new RequiredMembers(name);
        finder._frames.Push(new Frame(schema, ""));
        value.WriteMembers(finder);
        finder.Leave();
        return finder._missing;
    }

    public override void WriteBoolean(Member member, bool value) => See(member);

    public override void WriteInteger(Member member, int value) => See(member);

    public override void WriteLong(Member member, long value) => See(member);

    public override void WriteFloat(Member member, float value) => See(member);

    public override void WriteDouble(Member member, double value) => See(member);

    public override void WriteString(Member member, string value) => See(member);

    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value) => See(member);

    public override void WriteTimestamp(Member member, DateTimeOffset value) => See(member);

    public override void BeginStructure(Member member) => _frames.Push(new Frame(member.Structure, See(member)));

    public override void EndStructure(Member member) => Leave();

    public override void BeginList(Member member, int count) => _frames.Push(new Frame(null, See(member)));

    public override void EndList(Member member) => _frames.Pop();

    public override void BeginMap(Member member, int count) => _frames.Push(new Frame(null, See(member)));

    public override void BeginEntry(Member member, string key)
    {
    }

    public override void EndEntry(Member member)
    {
    }

    public override void EndMap(Member member) => _frames.Pop();

    // Notes that the member is there and gives its path. Items are called by their number, as query parameters call them.
    private string See(Member member)
    {
        var frame = _frames.Peek();
        if (frame.Schema is null)
        {
            return frame.Path + "." + ++frame.Items;
        }

        frame.Seen.Add(member);
        return frame.Path.Length == 0 ? _name(member) : frame.Path + "." + _name(member);
    }

    private void Leave()
    {
        var frame = _frames.Pop();
        if (_missing is null && frame.Schema!.Required.FirstOrDefault(member => !frame.Seen.Contains(member)) is { } missing)
        {
            _missing = frame.Path.Length == 0 ? _name(missing) : frame.Path + "." + _name(missing);
        }
    }

    private sealed class Frame(Schema? schema, string path)
    {
        private HashSet<Member>? _seen;

        public Schema? Schema { get; } = schema;

        public string Path { get; } = path;

        public int Items { get; set; }

        public HashSet<Member> Seen => _seen ??= [];
    }
}
