using System.Collections.Immutable;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>
/// Security groups as hosts know them, rendered once for all hosts and kept in step with the records: neither a host nor a
/// new member has a group of ten thousand members put together again.
/// </summary>
internal sealed class SecurityGroupSpecs(Cloud cloud)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, SecurityGroupSpec?> _specs = [];

    /// <summary>The group changed, or whether a rule names it.</summary>
    public void Forget(string accountId, string groupId)
    {
        lock (_lock)
        {
            _specs.Remove(new ResourceKey(accountId, groupId));
        }
    }

    /// <summary>An address is a member of a group from now on, or no more; whether that is news. Hosts learn of members only where a rule names the group.</summary>
    public bool SetMember(string accountId, string groupId, string address, bool isMember)
    {
        lock (_lock)
        {
            var key = new ResourceKey(accountId, groupId);
            if (!_specs.TryGetValue(key, out var spec))
            {
                // Nobody was told of it yet: it is put together when a host needs it.
                return true;
            }

            if (spec is null)
            {
                return false;
            }

            var members = isMember ? spec.MemberAddresses.Add(address) : spec.MemberAddresses.Remove(address);
            if (ReferenceEquals(members, spec.MemberAddresses))
            {
                return false;
            }

            _specs[key] = spec with { MemberAddresses = members };
            return true;
        }
    }

    /// <summary>Some groups, and those that their rules name.</summary>
    public ImmutableDictionary<string, SecurityGroupSpec> For(string accountId, IEnumerable<string> groupIds)
    {
        var specs = ImmutableDictionary.CreateBuilder<string, SecurityGroupSpec>();
        foreach (var id in groupIds)
        {
            if (Get(accountId, id) is not { } spec)
            {
                continue;
            }

            specs[id] = spec;
            foreach (var named in spec.Ingress.Concat(spec.Egress).Select(rule => rule.GroupId).OfType<string>())
            {
                if (!specs.ContainsKey(named) && Get(OwnerOf(named) ?? accountId, named) is { } other)
                {
                    specs[named] = other;
                }
            }
        }

        return specs.ToImmutable();
    }

    private SecurityGroupSpec? Get(string accountId, string id)
    {
        var key = new ResourceKey(accountId, id);
        lock (_lock)
        {
            // Under the lock, so that a change which the records held too late for this is applied to it afterwards.
            if (!_specs.TryGetValue(key, out var spec))
            {
                _specs.Add(key, spec = Render(key));
            }

            return spec;
        }
    }

    private SecurityGroupSpec? Render(ResourceKey key) => cloud.Find(SecurityGroup.Table, key.AccountId, key.Id) is { } group
        ? HostStateRenderer.SecurityGroup(
            group,
            MembersOf(group),
            list => cloud.Find(PrefixList.Table, key.AccountId, list)?.Entries.Select(entry => entry.CidrBlock) ?? [],
            rule => StaleRules.IsStale(cloud, group, rule))
        : null;

    /// <summary>Whose a group is that a rule names: across a peering, perhaps another account's.</summary>
    private string? OwnerOf(string groupId) => cloud.By(SecurityGroup.ById, groupId).FirstOrDefault()?.AccountId;

    private ImmutableSortedSet<string> MembersOf(SecurityGroup group)
    {
        // Only a rule that names the group asks who is in it.
        IEnumerable<string> members = cloud.By(SecurityGroup.ByReferencedGroup, group.Id).Count == 0
            ? []
            : cloud.By(NetworkInterface.BySecurityGroup, group.Id).Where(adapter => adapter.Attachment is not null)
                .SelectMany(adapter => adapter.Addresses).Select(address => address.PrivateIpAddress);
        return members.ToImmutableSortedSet(StringComparer.Ordinal);
    }
}
