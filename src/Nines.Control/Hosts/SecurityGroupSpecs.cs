using System.Collections.Concurrent;
using System.Collections.Immutable;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>
/// Security groups as hosts know them, rendered once for all hosts and kept until the group or its members change: a group
/// of ten thousand members is not put together again for every host.
/// </summary>
internal sealed class SecurityGroupSpecs(Cloud cloud)
{
    private readonly ConcurrentDictionary<ResourceKey, Lazy<SecurityGroupSpec?>> _specs = new();

    /// <summary>The group or its members changed.</summary>
    public void Forget(string accountId, string groupId) => _specs.TryRemove(new ResourceKey(accountId, groupId), out _);

    /// <summary>The groups of some adapters, and those that their rules name.</summary>
    public ImmutableDictionary<string, SecurityGroupSpec> For(string accountId, IEnumerable<InterfaceSpec> interfaces)
    {
        var specs = ImmutableDictionary.CreateBuilder<string, SecurityGroupSpec>();
        foreach (var id in interfaces.SelectMany(adapter => adapter.SecurityGroupIds).Distinct())
        {
            if (Get(accountId, id) is not { } spec)
            {
                continue;
            }

            specs[id] = spec;
            foreach (var named in spec.Ingress.Concat(spec.Egress).Select(rule => rule.GroupId).OfType<string>())
            {
                if (!specs.ContainsKey(named) && Get(accountId, named) is { } other)
                {
                    specs[named] = other;
                }
            }
        }

        return specs.ToImmutable();
    }

    private SecurityGroupSpec? Get(string accountId, string id) =>
        _specs.GetOrAdd(new ResourceKey(accountId, id), key => new Lazy<SecurityGroupSpec?>(() => Render(key))).Value;

    private SecurityGroupSpec? Render(ResourceKey key) => cloud.Find(SecurityGroup.Table, key.AccountId, key.Id) is { } group
        ? HostStateRenderer.SecurityGroup(group, MembersOf(group))
        : null;

    private ImmutableArray<string> MembersOf(SecurityGroup group)
    {
        // Only a rule that names the group asks who is in it.
        return cloud.By(SecurityGroup.ByReferencedGroup, group.Id).Count == 0
            ? []
            : [.. cloud.By(NetworkInterface.BySecurityGroup, group.Id).Where(adapter => adapter.Attachment is not null).Select(adapter => adapter.PrivateIpAddress)];
    }
}
