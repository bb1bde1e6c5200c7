namespace Nines.Wire.Schemas;

/// <summary>
/// The use of a shape: a structure's member, a list's item, a map's key or value. Holds what the protocols need to know
/// to carry it. Made by generated code only; immutable once its <see cref="Schema"/> is built.
/// </summary>
public sealed class Member(string name, ShapeType type)
{
    private Schema? _structure;
    private MemberBytes? _bytes;

    /// <summary>The name in the AWS model.</summary>
    public string Name { get; } = name;

    /// <summary>The type of the value.</summary>
    public ShapeType Type { get; } = type;

    /// <summary>Position among the structure's members.</summary>
    public int Index { get; private set; }

    /// <summary>The name on the wire where the model gives another one.</summary>
    public string? LocationName { get; init; }

    /// <summary>The name in EC2 query requests where the model gives another one.</summary>
    public string? QueryName { get; init; }

    /// <summary>Where REST protocols carry it.</summary>
    public MemberLocation Location { get; init; }

    /// <summary>Whether a list or map has no element of its own around its items.</summary>
    public bool Flattened { get; init; }

    /// <summary>Whether XML carries it as an attribute.</summary>
    public bool XmlAttribute { get; init; }

    /// <summary>Whether a request without it is refused.</summary>
    public bool Required { get; init; }

    /// <summary>Whether clients fill it with a token that makes a repeated request harmless.</summary>
    public bool IdempotencyToken { get; init; }

    /// <summary>Whether it must not reach a log.</summary>
    public bool Sensitive { get; init; }

    /// <summary>Whether a header carries it as base64 of JSON.</summary>
    public bool JsonValue { get; init; }

    /// <summary>Whether the body is this value's bytes, possibly too long to hold in memory.</summary>
    public bool Streaming { get; init; }

    /// <summary>The namespace declared on its XML element.</summary>
    public XmlNamespace? XmlNamespace { get; init; }

    /// <summary>How a timestamp is written.</summary>
    public TimestampFormat TimestampFormat { get; init; }

    /// <summary>A list's item.</summary>
    public Member? Item { get; init; }

    /// <summary>A map's key.</summary>
    public Member? Key { get; init; }

    /// <summary>A map's value.</summary>
    public Member? Value { get; init; }

    /// <summary>A structure's schema. A function, because structures can contain themselves.</summary>
    public Func<Schema>? Of { get; init; }

    /// <summary>A structure's schema.</summary>
    public Schema Structure => _structure ??= Of?.Invoke() ?? throw new InvalidOperationException($"{Name} is not a structure.");

    /// <summary>The name on the wire: JSON key, XML element, header, query parameter or label.</summary>
    public string WireName => LocationName ?? Name;

    /// <summary>The name in an EC2 query request: AWS capitalises the first letter of the wire name.</summary>
    public string Ec2Name => QueryName ?? char.ToUpperInvariant(WireName[0]) + WireName[1..];

    /// <summary>The XML element's name. An item of a flattened list is named after the list.</summary>
    public string XmlName { get; private set; } = name;

    /// <summary>The names as UTF-8, ready to be copied.</summary>
    internal MemberBytes Bytes => _bytes ??= new MemberBytes(this);

    internal void Attach(int index, string xmlName)
    {
        Index = index;
        XmlName = xmlName;
        Item?.Attach(0, Item.LocationName ?? (Flattened ? xmlName : "member"));
        Key?.Attach(0, Key.LocationName ?? "key");
        Value?.Attach(1, Value.LocationName ?? "value");
    }
}
