namespace Nines.Wire.Schemas;

/// <summary>
/// What a protocol implements to serialise values: it is told every member with its schema and decides what that looks
/// like on the wire. Generated records call it; it never sees a record's type.
/// </summary>
public abstract class ShapeWriter
{
    /// <summary>Writes a boolean.</summary>
    public abstract void WriteBoolean(Member member, bool value);

    /// <summary>Writes a 32-bit number.</summary>
    public abstract void WriteInteger(Member member, int value);

    /// <summary>Writes a 64-bit number.</summary>
    public abstract void WriteLong(Member member, long value);

    /// <summary>Writes a single.</summary>
    public abstract void WriteFloat(Member member, float value);

    /// <summary>Writes a double.</summary>
    public abstract void WriteDouble(Member member, double value);

    /// <summary>Writes text.</summary>
    public abstract void WriteString(Member member, string value);

    /// <summary>Writes bytes.</summary>
    public abstract void WriteBlob(Member member, ReadOnlyMemory<byte> value);

    /// <summary>Writes a time.</summary>
    public abstract void WriteTimestamp(Member member, DateTimeOffset value);

    /// <summary>Starts a structure; its members follow.</summary>
    public abstract void BeginStructure(Member member);

    /// <summary>Ends a structure.</summary>
    public abstract void EndStructure(Member member);

    /// <summary>Starts a list of <paramref name="count"/> items, which follow, each as <see cref="Member.Item"/>.</summary>
    public abstract void BeginList(Member member, int count);

    /// <summary>Ends a list.</summary>
    public abstract void EndList(Member member);

    /// <summary>Starts a map of <paramref name="count"/> entries, which follow.</summary>
    public abstract void BeginMap(Member member, int count);

    /// <summary>Starts an entry; its value follows as <see cref="Member.Value"/>.</summary>
    public abstract void BeginEntry(Member member, string key);

    /// <summary>Ends an entry.</summary>
    public abstract void EndEntry(Member member);

    /// <summary>Ends a map.</summary>
    public abstract void EndMap(Member member);

    /// <summary>Writes a structure with its members.</summary>
    public virtual void WriteStructure(Member member, IShape value)
    {
        BeginStructure(member);
        value.WriteMembers(this);
        EndStructure(member);
    }

    /// <summary>Writes a list of structures, copying the items that were serialised before (<see cref="IFragmentList"/>).</summary>
    public void WriteStructures<T>(Member member, IReadOnlyList<T> list)
        where T : IShape
    {
        var fragments = list as IFragmentList;
        BeginList(member, list.Count);
        for (var index = 0; index < list.Count; index++)
        {
            if (fragments is null || !TryWriteFragment(member.Item!, fragments, index))
            {
                WriteStructure(member.Item!, list[index]);
            }
        }

        EndList(member);
    }

    /// <summary>Writes a list; <paramref name="write"/> writes one item.</summary>
    public void WriteList<T>(Member member, IReadOnlyList<T> list, Action<ShapeWriter, Member, T> write)
    {
        BeginList(member, list.Count);
        for (var index = 0; index < list.Count; index++)
        {
            write(this, member.Item!, list[index]);
        }

        EndList(member);
    }

    /// <summary>Writes a map; <paramref name="write"/> writes one value.</summary>
    public void WriteMap<T>(Member member, IReadOnlyDictionary<string, T> map, Action<ShapeWriter, Member, T> write)
    {
        BeginMap(member, map.Count);
        foreach (var (key, value) in map)
        {
            BeginEntry(member, key);
            write(this, member.Value!, value);
            EndEntry(member);
        }

        EndMap(member);
    }

    /// <summary>Copies an item's bytes if the list has them in this writer's format.</summary>
    protected virtual bool TryWriteFragment(Member item, IFragmentList list, int index) => false;
}
