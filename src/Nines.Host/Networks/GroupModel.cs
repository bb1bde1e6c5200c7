using System.Collections.Immutable;
using System.Net;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>A security group, accepted.</summary>
internal sealed record GroupModel(
    string Id, ImmutableArray<RuleModel> Ingress, ImmutableArray<RuleModel> Egress, ImmutableArray<IPAddress> Members)
{
    /// <summary>Accepts a group.</summary>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static GroupModel Parse(SecurityGroupSpec spec) => new(
        VpcModel.SafeId(spec.Id),
        [.. spec.Ingress.Select(rule => RuleModel.Parse(rule, spec.Id)).Distinct()],
        [.. spec.Egress.Select(rule => RuleModel.Parse(rule, spec.Id)).Distinct()],
        [.. spec.MemberAddresses.Select(address => Ipv4.Address(address, spec.Id)).Distinct().OrderBy(Ipv4.ToNumber)]);
}
