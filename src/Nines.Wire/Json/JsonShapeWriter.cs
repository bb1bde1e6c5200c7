using System.Text.Json;
using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Json;

/// <summary>Writes values as JSON. Members have names, items and map values do not.</summary>
internal sealed class JsonShapeWriter(Utf8JsonWriter json, bool wireNames, bool bare = false) : ShapeWriter
{
    private readonly Stack<bool> _outer = new();

    // Values directly inside a list or a map entry have no property name of their own, nor has one that is the whole body.
    private bool _bare = bare;

    public override void WriteBoolean(Member member, bool value)
    {
        Name(member);
        json.WriteBooleanValue(value);
    }

    public override void WriteInteger(Member member, int value)
    {
        Name(member);
        json.WriteNumberValue(value);
    }

    public override void WriteLong(Member member, long value)
    {
        Name(member);
        json.WriteNumberValue(value);
    }

    public override void WriteFloat(Member member, float value)
    {
        Name(member);
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(ScalarText.Format(value));
        }
    }

    public override void WriteDouble(Member member, double value)
    {
        Name(member);
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(ScalarText.Format(value));
        }
    }

    public override void WriteString(Member member, string value)
    {
        Name(member);
        json.WriteStringValue(value);
    }

    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value)
    {
        Name(member);
        json.WriteBase64StringValue(value.Span);
    }

    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        Name(member);
        if (member.TimestampFormat is TimestampFormat.Default or TimestampFormat.EpochSeconds)
        {
            json.WriteNumberValue(TimestampText.EpochSeconds(value));
        }
        else
        {
            json.WriteStringValue(TimestampText.Format(value, member.TimestampFormat));
        }
    }

    public override void BeginStructure(Member member)
    {
        Name(member);
        json.WriteStartObject();
        Enter(bareInside: false);
    }

    public override void EndStructure(Member member)
    {
        json.WriteEndObject();
        _bare = _outer.Pop();
    }

    public override void BeginList(Member member, int count)
    {
        Name(member);
        json.WriteStartArray();
        Enter(bareInside: true);
    }

    public override void EndList(Member member)
    {
        json.WriteEndArray();
        _bare = _outer.Pop();
    }

    public override void BeginMap(Member member, int count)
    {
        Name(member);
        json.WriteStartObject();
        Enter(bareInside: true);
    }

    public override void BeginEntry(Member member, string key) => json.WritePropertyName(key);

    public override void EndEntry(Member member)
    {
    }

    public override void EndMap(Member member)
    {
        json.WriteEndObject();
        _bare = _outer.Pop();
    }

    private void Enter(bool bareInside)
    {
        _outer.Push(_bare);
        _bare = bareInside;
    }

    private void Name(Member member)
    {
        if (_bare)
        {
            return;
        }

        if (wireNames)
        {
            json.WritePropertyName(member.Bytes.Json);
        }
        else
        {
            json.WritePropertyName(member.Name);
        }
    }
}
