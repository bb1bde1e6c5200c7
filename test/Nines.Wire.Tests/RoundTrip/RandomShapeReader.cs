using System.Text;
using Nines.Wire.Schemas;

namespace Nines.Wire.Tests.RoundTrip;

/// <summary>Makes random values: a reader that invents its input, so that it can make a value of every generated record.</summary>
/// <param name="random">Where the values come from.</param>
/// <param name="rest">Whether the top-level members are bound to HTTP, which cannot carry every value.</param>
internal sealed class RandomShapeReader(Random random, bool rest) : ShapeReader
{
    private const int MaxDepth = 5;

    private readonly Stack<IEnumerator<Member>> _structures = new();
    private readonly Stack<int> _items = new();
    private readonly Stack<(Member Map, HashSet<string> Keys)> _maps = new();
    private Member? _bound;
    private bool _atDate;

    public override void BeginStructure(Schema schema) => _structures.Push(Choose(schema).GetEnumerator());

    public override Member? NextMember()
    {
        var members = _structures.Peek();
        if (!members.MoveNext())
        {
            _structures.Pop();
            return null;
        }

        var member = members.Current;
        if (_structures.Count == 1)
        {
            _bound = rest && member.Location != MemberLocation.Body ? member : null;
        }

        _atDate = _bound is { Location: MemberLocation.Header };
        return member;
    }

    public override bool ReadBoolean(Member member) => random.Next(2) == 0;

    public override int ReadInteger(Member member) =>
        rest && member.Location == MemberLocation.StatusCode ? random.Next(200, 300)
        : random.Next(4) switch { 0 => 0, 1 => int.MinValue, 2 => int.MaxValue, _ => random.Next() };

    public override long ReadLong(Member member) => random.Next(4) switch { 0 => 0, 1 => long.MinValue, 2 => long.MaxValue, _ => random.NextInt64() };

    public override float ReadFloat(Member member) => random.Next(6) switch
    {
        0 => float.NaN,
        1 => float.PositiveInfinity,
        2 => float.MinValue,
        3 => float.Epsilon,
        _ => random.NextSingle(),
    };

    public override double ReadDouble(Member member) => random.Next(7) switch
    {
        0 => double.NaN,
        1 => double.NegativeInfinity,
        2 => double.MaxValue,
        3 => double.Epsilon,
        4 => -0.1,
        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20)),
    };

    public override string ReadString(Member member) => _bound switch
    {
        null => Text(),
        _ when member.JsonValue => "{\"text\":\"ä\"}",
        { Location: MemberLocation.Header or MemberLocation.HeaderPrefix } => HeaderText(),
        _ => "/" + Text(),
    };

    public override ReadOnlyMemory<byte> ReadBlob(Member member)
    {
        var bytes = new byte[random.Next(rest ? 1 : 0, 20)];
        random.NextBytes(bytes);
        return bytes;
    }

    public override DateTimeOffset ReadTimestamp(Member member)
    {
        // HTTP dates have no fraction of a second; everything else keeps milliseconds.
        var seconds = random.NextInt64(-62_135_596_800, 253_402_300_800);
        var hasFraction = member.TimestampFormat != TimestampFormat.HttpDate && !_atDate && random.Next(2) == 0;
        return DateTimeOffset.FromUnixTimeMilliseconds((seconds * 1000) + (hasFraction ? random.Next(1000) : 0));
    }

    public override void BeginList(Member member) => _items.Push(random.Next(member.Flattened || _bound is not null ? 1 : 0, _structures.Count > 2 ? 3 : 4));

    public override bool NextItem()
    {
        var left = _items.Pop();
        if (left > 0)
        {
            _items.Push(left - 1);
        }

        return left > 0;
    }

    public override void BeginMap(Member member)
    {
        _maps.Push((member, []));
        BeginList(member);
    }

    public override string? NextKey()
    {
        if (!NextItem())
        {
            _maps.Pop();
            return null;
        }

        string key;
        do
        {
            key = _bound is null ? Text() : "key" + random.Next(1000);
        }
        while (!_maps.Peek().Keys.Add(key));
        return key;
    }

    // Every structure gets at least one member, since query parameters cannot carry an empty one.
    private List<Member> Choose(Schema schema)
    {
        var all = schema.Members.ToArray();
        var deep = _structures.Count >= MaxDepth;
        var chosen = all.Where(member => Needed(member, schema) || (random.Next(3) > 0 && !(deep && IsDeep(member)))).ToList();
        if (chosen.Count == 0 && all.Length > 0)
        {
            chosen.Add(Array.Find(all, member => !IsDeep(member)) ?? all[0]);
        }

        return chosen;
    }

    private bool Needed(Member member, Schema schema) =>
        member.Required || (rest && _structures.Count == 0 && (member.Location is MemberLocation.Uri or MemberLocation.StatusCode || member == schema.PayloadMember));

    private static bool IsDeep(Member member) => member.Type is ShapeType.Structure or ShapeType.List or ShapeType.Map;

    private string Text()
    {
        var text = new StringBuilder();
        for (var left = random.Next(8); left > 0; left--)
        {
            text.Append(random.Next(8) switch
            {
                0 => "&<>\"'%+=.#?/\\"[random.Next(13)].ToString(),
                1 => "\t",
                2 => "\r\n"[random.Next(2)].ToString(),
                3 => " ",
                4 => "ä€\u2028\u0085"[random.Next(4)].ToString(),
                5 => "😀",
                _ => ((char)random.Next('0', 'z')).ToString(),
            });
        }

        return text.ToString();
    }

    private string HeaderText()
    {
        var text = new StringBuilder("h");
        for (var left = random.Next(8); left > 0; left--)
        {
            text.Append((char)random.Next('!', '~'));
        }

        return text.ToString();
    }
}
