using System.Collections.Immutable;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>
/// Security groups as hosts know them, rendered once for all hosts and kept in step with the records: neither a host nor a
/// new member has a group of ten thousand members put together again. A group is told in each VPC with the members that it has there and in
/// that VPC's peers: other VPCs may have the same addresses.
/// </summary>
internal sealed class SecurityGroupSpecs(Cloud cloud)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, Dictionary<string, SecurityGroupSpec?>> _specs = [];

    /// <summary>The group changed, or whether a rule names it.</summary>
    public void Forget(string accountId, string groupId)
    {
        lock (_lock)
        {
            _specs.Remove(new ResourceKey(accountId, groupId));
        }
    }

    /// <summary>A VPC has another peer, or one less: all groups have other members there.</summary>
    public void ForgetIn(string vpcId)
    {
        lock (_lock)
        {
            foreach (var specs in _specs.Values)
            {
                specs.Remove(vpcId);
            }
        }
    }

    /// <summary>
    /// An address of a VPC is a member of a group from now on, or no more; whether that is news. Hosts learn of members only where a rule names the group.
    /// </summary>
    public bool SetMember(string accountId, string groupId, string vpcId, string address, bool isMember)
    {
        lock (_lock)
        {
            if (!_specs.TryGetValue(new ResourceKey(accountId, groupId), out var specs))
            {
                // Nobody was told of it yet: it is put together when a host needs it.
                return true;
            }

            var isNews = !specs.ContainsKey(vpcId);
            foreach (var where in VpcsAround(vpcId))
            {
                if (specs.GetValueOrDefault(where) is not { } spec)
                {
                    continue;
                }

                if (where != vpcId && !isMember)
                {
                    // Another peer may have the same address: only the records tell.
                    specs.Remove(where);
                    isNews = true;
                    continue;
                }

                var members = isMember ? spec.MemberAddresses.Add(address) : spec.MemberAddresses.Remove(address);
                if (!ReferenceEquals(members, spec.MemberAddresses))
                {
                    specs[where] = spec with { MemberAddresses = members };
                    isNews = true;
                }
            }

            return isNews;
        }
    }

    /// <summary>Some groups as they are in a VPC, and those that their rules name.</summary>
    public ImmutableDictionary<string, SecurityGroupSpec> For(string accountId, string vpcId, IEnumerable<string> groupIds)
    {
        var specs = ImmutableDictionary.CreateBuilder<string, SecurityGroupSpec>();
        foreach (var id in groupIds)
        {
            if (Get(accountId, id, vpcId) is not { } spec)
            {
                continue;
            }

            specs[id] = spec;
            foreach (var named in spec.Ingress.Concat(spec.Egress).Select(rule => rule.GroupId).OfType<string>())
            {
                if (!specs.ContainsKey(named) && Get(OwnerOf(named) ?? accountId, named, vpcId) is { } other)
                {
                    specs[named] = other;
                }
            }
        }

        return specs.ToImmutable();
    }

    private SecurityGroupSpec? Get(string accountId, string id, string vpcId)
    {
        var key = new ResourceKey(accountId, id);
        lock (_lock)
        {
            // Under the lock, so that a change which the records held too late for this is applied to it afterwards.
            if (!_specs.TryGetValue(key, out var specs))
            {
                _specs.Add(key, specs = []);
            }

            if (!specs.TryGetValue(vpcId, out var spec))
            {
                specs.Add(vpcId, spec = Render(key, vpcId));
            }

            return spec;
        }
    }

    private SecurityGroupSpec? Render(ResourceKey key, string vpcId) => cloud.Find(SecurityGroup.Table, key.AccountId, key.Id) is { } group
        ? HostStateRenderer.SecurityGroup(
            group,
            MembersOf(group, vpcId),
            list => cloud.Find(PrefixList.Table, key.AccountId, list)?.Entries.Select(entry => entry.CidrBlock) ?? [],
            rule => StaleRules.IsStale(cloud, vpcId, rule))
        : null;

    /// <summary>Whose a group is that a rule names: across a peering, perhaps another account's.</summary>
    private string? OwnerOf(string groupId) => cloud.By(SecurityGroup.ById, groupId).FirstOrDefault()?.AccountId;

    /// <summary>A VPC and its peers.</summary>
    private HashSet<string> VpcsAround(string vpcId) => [vpcId, .. cloud.By(VpcPeering.ByVpc, vpcId).Where(peering => peering.IsActive).Select(peering => peering.PeerOf(vpcId))];

    private ImmutableSortedSet<string> MembersOf(SecurityGroup group, string vpcId)
    {
        var around = VpcsAround(vpcId);
        // Only a rule that names the group asks who is in it.
        IEnumerable<string> members = cloud.By(SecurityGroup.ByReferencedGroup, group.Id).Count == 0
            ? []
            : cloud.By(NetworkInterface.BySecurityGroup, group.Id).Where(adapter => adapter.Attachment is not null && around.Contains(adapter.VpcId))
                .SelectMany(adapter => adapter.Addresses).Select(address => address.PrivateIpAddress);
        return members.ToImmutableSortedSet(StringComparer.Ordinal);
    }
}
