using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Cbor;

/// <summary>Reads values from Smithy RPC v2 CBOR. Nulls count as absent, unknown names are passed over.</summary>
internal sealed class CborShapeReader(CborReader cbor) : ShapeReader
{
    private readonly Stack<Frame> _frames = new();

    public override void BeginStructure(Schema schema) => Push(CborMajor.Map, schema.Name, schema);

    public override Member? NextMember()
    {
        var frame = _frames.Peek();
        while (MoveNext(frame))
        {
            var member = frame.Schema!.ByName.GetValueOrDefault(Read(cbor.Text, frame.Name));
            if (member is not null && !IsNull())
            {
                return member;
            }

            Skip(frame.Name);
        }

        return null;
    }

    public override bool ReadBoolean(Member member) => Read(cbor.Boolean, member.Name);

    public override int ReadInteger(Member member) =>
        Read(cbor.Integer, member.Name) is var value and >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed($"{member.Name} is not a 32-bit integer.");

    public override long ReadLong(Member member) => Read(cbor.Integer, member.Name);

    public override float ReadFloat(Member member) => (float)Read(cbor.Number, member.Name);

    public override double ReadDouble(Member member) => Read(cbor.Number, member.Name);

    public override string ReadString(Member member) => Read(cbor.Text, member.Name);

    public override ReadOnlyMemory<byte> ReadBlob(Member member) => Read(cbor.Bytes, member.Name);

    public override DateTimeOffset ReadTimestamp(Member member)
    {
        if (Read(cbor.Tag, member.Name) != 1)
        {
            throw Malformed($"{member.Name} is not a timestamp.");
        }

        return TimestampText.TryFromEpochSeconds(Read(cbor.Number, member.Name), out var time) ? time : throw Malformed($"{member.Name} is not a timestamp.");
    }

    public override void BeginList(Member member) => Push(CborMajor.Array, member.Name, null);

    public override bool NextItem()
    {
        var frame = _frames.Peek();
        while (MoveNext(frame))
        {
            if (!IsNull())
            {
                return true;
            }

            Skip(frame.Name);
        }

        return false;
    }

    public override void BeginMap(Member member) => Push(CborMajor.Map, member.Name, null);

    public override string? NextKey()
    {
        var frame = _frames.Peek();
        while (MoveNext(frame))
        {
            var key = Read(cbor.Text, frame.Name);
            if (!IsNull())
            {
                return key;
            }

            Skip(frame.Name);
        }

        return null;
    }

    internal static AwsException Malformed(string message) => new("SerializationException", message);

    private static T Read<T>(Func<T> read, string name)
    {
        try
        {
            return read();
        }
        catch (FormatException wrong)
        {
            throw Malformed($"{name}: {wrong.Message}.");
        }
    }

    private bool IsNull() => Read(cbor.PeekNull, "body");

    private void Skip(string name) => Read(
        () =>
        {
            cbor.Skip();
            return true;
        },
        name);

    private void Push(CborMajor major, string name, Schema? schema)
    {
        if (_frames.Count == WireLimits.MaxDepth)
        {
            throw Malformed("The body is nested too deeply.");
        }

        _frames.Push(new Frame(Read(() => cbor.Begin(major), name), name, schema));
    }

    private bool MoveNext(Frame frame)
    {
        if (frame.Remaining is { } remaining ? remaining > 0 : !Read(cbor.TryBreak, frame.Name))
        {
            frame.Remaining = frame.Remaining - 1;
            return true;
        }

        _frames.Pop();
        return false;
    }

    private sealed class Frame(int? remaining, string name, Schema? schema)
    {
        public int? Remaining { get; set; } = remaining;

        public string Name { get; } = name;

        public Schema? Schema { get; } = schema;
    }
}
