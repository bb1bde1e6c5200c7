using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>A network access list, accepted.</summary>
internal sealed record NetworkAclModel(string Id, ImmutableArray<(RuleModel Rule, bool Allow)> Ingress, ImmutableArray<(RuleModel Rule, bool Allow)> Egress)
{
    /// <summary>Whether it lets everything pass, as every list does that nobody changed.</summary>
    public bool IsOpen => AllowsAll(Ingress) && AllowsAll(Egress);

    /// <summary>Accepts a list.</summary>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static NetworkAclModel Parse(NetworkAclSpec spec)
    {
        var id = VpcModel.SafeId(spec.Id);
        return new(id, [.. spec.Ingress.Select(Accept)], [.. spec.Egress.Select(Accept)]);

        (RuleModel Rule, bool Allow) Accept(NetworkAclEntrySpec entry) =>
            (RuleModel.Parse(new(entry.Protocol, entry.FromPort, entry.ToPort, entry.CidrBlock, null), id), entry.Allow);
    }

    private static bool AllowsAll(ImmutableArray<(RuleModel Rule, bool Allow)> entries) =>
        entries is [{ Rule: { Protocol: -1, Block.PrefixLength: 0 }, Allow: true }, ..];
}
