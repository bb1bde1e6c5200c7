using System.Text;
using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Rest;

/// <summary>
/// Writes a REST message: its top-level members to path, query, headers and status as they are bound, the payload as it
/// is, everything else to the body's writer.
/// </summary>
internal sealed class RestShapeWriter(Schema schema, ShapeWriter body, PooledBuffer raw) : ShapeWriter
{
    private readonly Member? _payload = schema.PayloadMember;
    private readonly List<string> _headerItems = [];
    private Member? _bound;
    private string _key = "";

    public Dictionary<string, string> Labels { get; } = new(StringComparer.Ordinal);

    public List<KeyValuePair<string, string>> Query { get; } = [];

    public WireHeaders Headers { get; } = [];

    public int? Status { get; private set; }

    public override void WriteBoolean(Member member, bool value)
    {
        if (!Bind(member, () => ScalarText.Format(value)))
        {
            body.WriteBoolean(member, value);
        }
    }

    public override void WriteInteger(Member member, int value)
    {
        if (!Bind(member, () => value.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        {
            body.WriteInteger(member, value);
        }
    }

    public override void WriteLong(Member member, long value)
    {
        if (!Bind(member, () => value.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        {
            body.WriteLong(member, value);
        }
    }

    public override void WriteFloat(Member member, float value)
    {
        if (!Bind(member, () => ScalarText.Format(value)))
        {
            body.WriteFloat(member, value);
        }
    }

    public override void WriteDouble(Member member, double value)
    {
        if (!Bind(member, () => ScalarText.Format(value)))
        {
            body.WriteDouble(member, value);
        }
    }

    public override void WriteString(Member member, string value)
    {
        if (member == _payload)
        {
            raw.Append(value.AsSpan());
        }
        else if (!Bind(member, () => member.JsonValue ? Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) : value))
        {
            body.WriteString(member, value);
        }
    }

    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value)
    {
        if (member == _payload)
        {
            raw.Append(value.Span);
        }
        else if (!Bind(member, () => Convert.ToBase64String(value.Span)))
        {
            body.WriteBlob(member, value);
        }
    }

    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        if (!Bind(member, () => TimestampText.Format(value, Format(member))))
        {
            body.WriteTimestamp(member, value);
        }
    }

    public override void BeginStructure(Member member) => body.BeginStructure(member);

    public override void EndStructure(Member member) => body.EndStructure(member);

    public override void WriteStructure(Member member, IShape value) => body.WriteStructure(member, value);

    public override void BeginList(Member member, int count)
    {
        if (_bound is null && member.Location == MemberLocation.Body)
        {
            body.BeginList(member, count);
            return;
        }

        // A list inside a query map belongs to that map.
        _bound ??= member;
        _headerItems.Clear();
    }

    public override void EndList(Member member)
    {
        if (_bound is null)
        {
            body.EndList(member);
        }
        else if (_bound == member)
        {
            if (member.Location == MemberLocation.Header && _headerItems.Count > 0)
            {
                Headers.Add(member.WireName, string.Join(", ", _headerItems));
            }

            _bound = null;
        }
    }

    public override void BeginMap(Member member, int count)
    {
        if (member.Location == MemberLocation.Body)
        {
            body.BeginMap(member, count);
        }
        else
        {
            _bound = member;
        }
    }

    public override void BeginEntry(Member member, string key)
    {
        _key = key;
        if (_bound is null)
        {
            body.BeginEntry(member, key);
        }
    }

    public override void EndEntry(Member member)
    {
        if (_bound is null)
        {
            body.EndEntry(member);
        }
    }

    public override void EndMap(Member member)
    {
        if (_bound is null)
        {
            body.EndMap(member);
        }
        else
        {
            _bound = null;
        }
    }

    private bool Bind(Member member, Func<string> text)
    {
        var target = _bound ?? member;
        switch (target.Location)
        {
            case MemberLocation.Uri:
                Labels[target.WireName] = text();
                return true;
            case MemberLocation.QueryString:
                Query.Add(new(target.Type == ShapeType.Map ? _key : target.WireName, text()));
                return true;
            case MemberLocation.Header when target.Type == ShapeType.List:
                _headerItems.Add(member.Type == ShapeType.Timestamp ? text() : HeaderList.Quote(text()));
                return true;
            case MemberLocation.Header:
                Headers.Add(target.WireName, text());
                return true;
            case MemberLocation.HeaderPrefix:
                Headers.Add(target.LocationName + _key, text());
                return true;
            case MemberLocation.StatusCode:
                Status = int.Parse(text(), System.Globalization.CultureInfo.InvariantCulture);
                return true;
            default:
                return false;
        }
    }

    private TimestampFormat Format(Member member) =>
        member.TimestampFormat != TimestampFormat.Default ? member.TimestampFormat
        : (_bound ?? member).Location == MemberLocation.Header ? TimestampFormat.HttpDate
        : TimestampFormat.DateTime;
}
