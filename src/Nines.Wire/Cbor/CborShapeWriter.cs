using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Cbor;

/// <summary>Writes values as Smithy RPC v2 CBOR. Structures have no length: how many members are present shows only while writing.</summary>
internal sealed class CborShapeWriter(CborWriter cbor) : ShapeWriter
{
    private readonly Stack<bool> _outer = new();
    private bool _bare;

    public override void WriteBoolean(Member member, bool value)
    {
        Name(member);
        cbor.Boolean(value);
    }

    public override void WriteInteger(Member member, int value)
    {
        Name(member);
        cbor.Integer(value);
    }

    public override void WriteLong(Member member, long value)
    {
        Name(member);
        cbor.Integer(value);
    }

    public override void WriteFloat(Member member, float value)
    {
        Name(member);
        cbor.Single(value);
    }

    public override void WriteDouble(Member member, double value)
    {
        Name(member);
        cbor.Double(value);
    }

    public override void WriteString(Member member, string value)
    {
        Name(member);
        cbor.Text(value);
    }

    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value)
    {
        Name(member);
        cbor.Bytes(value.Span);
    }

    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        // Tag 1: seconds since 1970. The protocol ignores the model's formats.
        Name(member);
        cbor.Tag(1);
        var seconds = TimestampText.EpochSeconds(value);
        if (seconds == decimal.Truncate(seconds))
        {
            cbor.Integer((long)seconds);
        }
        else
        {
            cbor.Double((double)seconds);
        }
    }

    /// <summary>Starts the structure that is the whole body.</summary>
    public void BeginBody() => cbor.IndefiniteMap();

    /// <summary>Ends the structure that is the whole body.</summary>
    public void EndBody() => cbor.Break();

    public override void BeginStructure(Member member)
    {
        Name(member);
        cbor.IndefiniteMap();
        Enter(bare: false);
    }

    public override void EndStructure(Member member)
    {
        cbor.Break();
        _bare = _outer.Pop();
    }

    public override void BeginList(Member member, int count)
    {
        Name(member);
        cbor.Array(count);
        Enter(bare: true);
    }

    public override void EndList(Member member) => _bare = _outer.Pop();

    public override void BeginMap(Member member, int count)
    {
        Name(member);
        cbor.Map(count);
        Enter(bare: true);
    }

    public override void BeginEntry(Member member, string key) => cbor.Text(key);

    public override void EndEntry(Member member)
    {
    }

    public override void EndMap(Member member) => _bare = _outer.Pop();

    private void Enter(bool bare)
    {
        _outer.Push(_bare);
        _bare = bare;
    }

    // RPC protocols use the model's names, whatever other protocols call the members.
    private void Name(Member member)
    {
        if (!_bare)
        {
            cbor.Text(member.Name);
        }
    }
}
