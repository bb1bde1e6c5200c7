using System.Collections.Frozen;

namespace Nines.Wire.Schemas;

/// <summary>A structure of the AWS model: its members and how they are found by each protocol's name for them.</summary>
public sealed class Schema
{
    private readonly Member[] _members;

    /// <summary>Describes a structure.</summary>
    public Schema(string name, params Member[] members)
    {
        Name = name;
        _members = members;
        for (var index = 0; index < members.Length; index++)
        {
            members[index].Attach(index, members[index].WireName);
        }

        ByName = Index(member => member.Name);
        ByWireName = Index(member => member.WireName);
        ByEc2Name = Index(member => member.Ec2Name);
        ByXmlName = Index(member => member is { Flattened: true, Item.LocationName: { } item } ? item : member.WireName);
        HasAttributes = members.Any(member => member.XmlAttribute);
        Required = [.. members.Where(member => member.Required)];
    }

    /// <summary>AWS's name of the shape.</summary>
    public string Name { get; }

    /// <summary>The members in the model's order; <see cref="Member.Index"/> is the position.</summary>
    public ReadOnlySpan<Member> Members => _members;

    /// <summary>Name of the member that is the whole body of a REST message, if one is.</summary>
    public string? Payload { get; init; }

    /// <summary>Whether exactly one member may be present.</summary>
    public bool Union { get; init; }

    /// <summary>The member that is the whole body of a REST message, or null.</summary>
    public Member? PayloadMember => Payload is null ? null : ByName[Payload];

    /// <summary>The member that clients fill with an idempotency token, or null.</summary>
    public Member? IdempotencyToken => Array.Find(_members, member => member.IdempotencyToken);

    /// <summary>The members without which a request is refused.</summary>
    public IReadOnlyList<Member> Required { get; }

    internal FrozenDictionary<string, Member> ByName { get; }

    internal FrozenDictionary<string, Member> ByWireName { get; }

    internal FrozenDictionary<string, Member> ByEc2Name { get; }

    internal FrozenDictionary<string, Member> ByXmlName { get; }

    internal bool HasAttributes { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private FrozenDictionary<string, Member> Index(Func<Member, string> name)
    {
        // Two members may share a wire name when a header and the body carry it; the body's is the one looked up here.
        var index = new Dictionary<string, Member>(StringComparer.Ordinal);
        foreach (var member in _members.OrderBy(member => member.Location == MemberLocation.Body ? 1 : 0))
        {
            index[name(member)] = member;
        }

        return index.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
