using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Rest;

/// <summary>
/// Reads a REST message: its top-level members from path, query, headers and status as they are bound, everything else
/// from the body's reader.
/// </summary>
internal sealed class RestShapeReader(RestMessage message, ShapeReader? body) : ShapeReader
{
    private readonly BoundValues _bound = new(message);
    private IEnumerator<Member>? _members;
    private bool _inBody;
    private int _depth;

    public override void BeginStructure(Schema schema)
    {
        if (_depth++ == 0)
        {
            _members = Present(schema).GetEnumerator();
        }
        else
        {
            body!.BeginStructure(schema);
        }
    }

    public override Member? NextMember()
    {
        if (_depth > 1)
        {
            var nested = body!.NextMember();
            _depth -= nested is null ? 1 : 0;
            return nested;
        }

        _inBody = false;
        if (_members!.MoveNext())
        {
            return _members.Current;
        }

        _depth--;
        return null;
    }

    public override bool ReadBoolean(Member member) => _inBody ? body!.ReadBoolean(member) : _bound.ReadBoolean(member);

    public override int ReadInteger(Member member) => _inBody ? body!.ReadInteger(member) : _bound.ReadInteger(member);

    public override long ReadLong(Member member) => _inBody ? body!.ReadLong(member) : _bound.ReadLong(member);

    public override float ReadFloat(Member member) => _inBody ? body!.ReadFloat(member) : _bound.ReadFloat(member);

    public override double ReadDouble(Member member) => _inBody ? body!.ReadDouble(member) : _bound.ReadDouble(member);

    public override string ReadString(Member member) => _inBody ? body!.ReadString(member) : _bound.ReadString(member);

    public override ReadOnlyMemory<byte> ReadBlob(Member member) => _inBody ? body!.ReadBlob(member) : _bound.ReadBlob(member);

    public override DateTimeOffset ReadTimestamp(Member member) => _inBody ? body!.ReadTimestamp(member) : _bound.ReadTimestamp(member);

    public override void BeginList(Member member)
    {
        if (_inBody)
        {
            body!.BeginList(member);
        }
        else
        {
            _bound.BeginList(member);
        }
    }

    public override bool NextItem() => _inBody ? body!.NextItem() : _bound.NextItem();

    public override void BeginMap(Member member)
    {
        if (_inBody)
        {
            body!.BeginMap(member);
        }
        else
        {
            _bound.BeginMap(member);
        }
    }

    public override string? NextKey() => _inBody ? body!.NextKey() : _bound.NextKey();

    private IEnumerable<Member> Present(Schema schema)
    {
        var all = schema.Members.ToArray();
        foreach (var member in all.Where(member => member.Location != MemberLocation.Body && _bound.Has(member)))
        {
            yield return member;
        }

        if (schema.PayloadMember is { } payload)
        {
            if (_bound.HasPayload(payload))
            {
                _inBody = payload.Type is not (ShapeType.Blob or ShapeType.String);
                yield return payload;
            }
        }
        else if (body is not null && all.Any(member => member.Location == MemberLocation.Body))
        {
            body.BeginStructure(schema);
            while (body.NextMember() is { } member)
            {
                // A body cannot set what the model binds elsewhere. XML and JSON readers pass over a value that nobody reads.
                if (member.Location == MemberLocation.Body)
                {
                    _inBody = true;
                    yield return member;
                }
            }
        }
    }
}
