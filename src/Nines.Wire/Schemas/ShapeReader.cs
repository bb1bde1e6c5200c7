namespace Nines.Wire.Schemas;

/// <summary>
/// What a protocol implements to parse values. Generated records pull from it: a structure's members in whatever order
/// they arrive, each as the schema's <see cref="Member"/>. Every method throws <see cref="AwsException"/> with the
/// protocol's own error when the input does not fit.
/// </summary>
public abstract class ShapeReader
{
    /// <summary>Enters a structure.</summary>
    public abstract void BeginStructure(Schema schema);

    /// <summary>The next member that is present, or null at the end, which leaves the structure.</summary>
    public abstract Member? NextMember();

    /// <summary>Reads a boolean.</summary>
    public abstract bool ReadBoolean(Member member);

    /// <summary>Reads a 32-bit number.</summary>
    public abstract int ReadInteger(Member member);

    /// <summary>Reads a 64-bit number.</summary>
    public abstract long ReadLong(Member member);

    /// <summary>Reads a single.</summary>
    public abstract float ReadFloat(Member member);

    /// <summary>Reads a double.</summary>
    public abstract double ReadDouble(Member member);

    /// <summary>Reads text.</summary>
    public abstract string ReadString(Member member);

    /// <summary>Reads bytes.</summary>
    public abstract ReadOnlyMemory<byte> ReadBlob(Member member);

    /// <summary>Reads a time.</summary>
    public abstract DateTimeOffset ReadTimestamp(Member member);

    /// <summary>Enters a list.</summary>
    public abstract void BeginList(Member member);

    /// <summary>Moves to the next item; false at the end, which leaves the list.</summary>
    public abstract bool NextItem();

    /// <summary>Enters a map.</summary>
    public abstract void BeginMap(Member member);

    /// <summary>Moves to the next entry's value and gives its key; null at the end, which leaves the map.</summary>
    public abstract string? NextKey();

    /// <summary>Reads a list; <paramref name="read"/> reads one item.</summary>
    public IReadOnlyList<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> read)
    {
        var list = new List<T>();
        BeginList(member);
        while (NextItem())
        {
            list.Add(read(this, member.Item!));
        }

        return list;
    }

    /// <summary>Reads a map; <paramref name="read"/> reads one value. The last of two equal keys wins.</summary>
    public IReadOnlyDictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> read)
    {
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        BeginMap(member);
        while (NextKey() is { } key)
        {
            map[key] = read(this, member.Value!);
        }

        return map;
    }
}
