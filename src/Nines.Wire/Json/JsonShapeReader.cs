using System.Text.Json;
using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Json;

/// <summary>Reads values from parsed JSON. A null counts as absent; unknown names are skipped, as AWS does.</summary>
internal sealed class JsonShapeReader(JsonElement root, bool wireNames) : ShapeReader
{
    private readonly Stack<Frame> _frames = new();
    private JsonElement _current = root;
    private int _values;

    /// <summary>Parses a body; an empty one is an empty object.</summary>
    /// <exception cref="AwsException"><c>SerializationException</c>.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return JsonElement.Parse("{}"u8);
        }

        if (!System.Text.Unicode.Utf8.IsValid(body.Span))
        {
            throw Malformed("The body is not UTF-8.");
        }

        try
        {
            return JsonElement.Parse(body.Span, new JsonDocumentOptions { MaxDepth = WireLimits.MaxDepth });
        }
        catch (JsonException)
        {
            throw Malformed("The body is not JSON, or nested too deeply.");
        }
    }

    public override void BeginStructure(Schema schema)
    {
        Expect(JsonValueKind.Object, schema.Name, ShapeType.Structure);
        _frames.Push(new Frame(schema) { Object = _current.EnumerateObject() });
    }

    public override Member? NextMember()
    {
        var frame = _frames.Peek();
        while (frame.MoveNextProperty())
        {
            var names = wireNames ? frame.Schema!.ByWireName : frame.Schema!.ByName;
            if (frame.Object.Current.Value.ValueKind != JsonValueKind.Null && names.TryGetValue(frame.Object.Current.Name, out var member))
            {
                Enter(frame.Object.Current.Value);
                return member;
            }
        }

        _frames.Pop();
        return null;
    }

    public override bool ReadBoolean(Member member) => _current.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Invalid(member.Name, member.Type),
    };

    public override int ReadInteger(Member member) => Number(out var element) && element.TryGetInt32(out var value) ? value : (int)Whole(member, int.MinValue, int.MaxValue);

    // Between the doubles nearest to the ends of the range, so that the cast below is exact.
    public override long ReadLong(Member member) => Number(out var element) && element.TryGetInt64(out var value) ? value : (long)Whole(member, -9.2233720368547748E18, 9.2233720368547748E18);

    public override float ReadFloat(Member member) => (float)ReadDouble(member);

    public override double ReadDouble(Member member)
    {
        if (Number(out var element) && element.TryGetDouble(out var value) && double.IsFinite(value))
        {
            return value;
        }

        return _current.ValueKind == JsonValueKind.String && ScalarText.ParseDouble(_current.GetString()!) is { } special && !double.IsFinite(special)
            ? special
            : throw Invalid(member.Name, member.Type);
    }

    public override string ReadString(Member member)
    {
        Expect(JsonValueKind.String, member.Name, member.Type);
        return Text(_current);
    }

    public override ReadOnlyMemory<byte> ReadBlob(Member member) => ScalarText.ParseBlob(ReadString(member)) ?? throw Invalid(member.Name, member.Type);

    public override DateTimeOffset ReadTimestamp(Member member)
    {
        if (Number(out var element))
        {
            return element.TryGetDouble(out var seconds) && TimestampText.TryFromEpochSeconds(seconds, out var time) ? time : throw Invalid(member.Name, member.Type);
        }

        return ScalarText.ParseTimestamp(ReadString(member)) ?? throw Invalid(member.Name, member.Type);
    }

    public override void BeginList(Member member)
    {
        Expect(JsonValueKind.Array, member.Name, member.Type);
        _frames.Push(new Frame(null) { Array = _current.EnumerateArray() });
    }

    public override bool NextItem()
    {
        var frame = _frames.Peek();
        while (frame.MoveNextItem())
        {
            if (frame.Array.Current.ValueKind != JsonValueKind.Null)
            {
                Enter(frame.Array.Current);
                return true;
            }
        }

        _frames.Pop();
        return false;
    }

    public override void BeginMap(Member member)
    {
        Expect(JsonValueKind.Object, member.Name, member.Type);
        _frames.Push(new Frame(null) { Object = _current.EnumerateObject() });
    }

    public override string? NextKey()
    {
        var frame = _frames.Peek();
        while (frame.MoveNextProperty())
        {
            if (frame.Object.Current.Value.ValueKind != JsonValueKind.Null)
            {
                Enter(frame.Object.Current.Value);
                return frame.Object.Current.Name;
            }
        }

        _frames.Pop();
        return null;
    }

    internal static AwsException Malformed(string message) => new("SerializationException", message);

    private static AwsException Invalid(string name, ShapeType expected) => Malformed($"{name} is not {ScalarText.Describe(expected)}.");

    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate is valid JSON but no text.
            throw Malformed("A string is not Unicode text.");
        }
    }

    // A value of three bytes can become a record of hundreds, so their number is bounded too.
    private void Enter(JsonElement value)
    {
        if (++_values > WireLimits.MaxValues)
        {
            throw Malformed("The body has too many values.");
        }

        _current = value;
    }

    private bool Number(out JsonElement element)
    {
        element = _current;
        return _current.ValueKind == JsonValueKind.Number;
    }

    // A whole number that was written with a fraction or an exponent: 3.0, 1e3.
    private double Whole(Member member, double minimum, double maximum) =>
        Number(out var element) && element.TryGetDouble(out var value) && value == Math.Floor(value) && value >= minimum && value <= maximum
            ? value
            : throw Invalid(member.Name, member.Type);

    private void Expect(JsonValueKind kind, string name, ShapeType type)
    {
        if (_current.ValueKind != kind)
        {
            throw Invalid(name, type);
        }
    }

    private sealed class Frame(Schema? schema)
    {
        private JsonElement.ObjectEnumerator _object;
        private JsonElement.ArrayEnumerator _array;

        public Schema? Schema { get; } = schema;

        public JsonElement.ObjectEnumerator Object
        {
            get => _object;
            init => _object = value;
        }

        public JsonElement.ArrayEnumerator Array
        {
            get => _array;
            init => _array = value;
        }

        public bool MoveNextProperty() => _object.MoveNext();

        public bool MoveNextItem() => _array.MoveNext();
    }
}
