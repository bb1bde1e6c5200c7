using System.Collections.Immutable;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;

namespace Nines.Control.Hosts;

/// <summary>Knows which hosts a changed record concerns, marks the change there, and wakes them.</summary>
internal sealed class HostWatch : IDisposable
{
    private readonly Cloud _cloud;
    private readonly SecurityGroupSpecs _groups;
    private readonly Func<string, HostLink?> _find;
    private readonly Action<string> _wake;
    private readonly IDisposable[] _subscriptions;

    /// <param name="cloud">The records.</param>
    /// <param name="groups">Rendered groups, which changes make stale.</param>
    /// <param name="find">The link to a host of this process.</param>
    /// <param name="wake">Has a host looked at soon.</param>
    public HostWatch(Cloud cloud, SecurityGroupSpecs groups, Func<string, HostLink?> find, Action<string> wake)
    {
        _cloud = cloud;
        _groups = groups;
        _find = find;
        _wake = wake;
        _subscriptions =
        [
            cloud.Subscribe(Instance.Table, OnInstance),
            cloud.Subscribe(Volume.Table, OnVolume),
            cloud.Subscribe(Snapshot.Table, change => Mark((change.After ?? change.Before)!.HostId, changes => changes.MarkSnapshot(change.Key))),
            cloud.Subscribe(NetworkInterface.Table, OnAdapter),
            cloud.Subscribe(SecurityGroup.Table, OnGroup),
            cloud.Subscribe(Vpc.Table, change => MarkVpc((change.After ?? change.Before)!.Id)),
            cloud.Subscribe(Subnet.Table, change => MarkVpc((change.After ?? change.Before)!.VpcId)),
            cloud.Subscribe(RouteTable.Table, change => MarkVpc((change.After ?? change.Before)!.VpcId)),
            cloud.Subscribe(HostRecord.Table, OnHost),
            cloud.Subscribe(Image.Table, _ => MarkFastLaunches()),
            cloud.Subscribe(FastLaunch.Table, _ => MarkFastLaunches()),
        ];
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private void OnInstance(Change<Instance> change)
    {
        MarkInstance(change.Before?.HostId, change.Key);
        if (change.After?.HostId != change.Before?.HostId)
        {
            MarkInstance(change.After?.HostId, change.Key);
        }
    }

    private void OnVolume(Change<Volume> change)
    {
        var volume = (change.After ?? change.Before)!;
        Mark(volume.HostId, changes => changes.MarkVolume(change.Key));
        if (volume.Attachment is { State: not VolumeAttachmentState.Attached } attachment)
        {
            // Else the machine that has it is marked by its own record, which changes with its disks.
            MarkInstance(volume.HostId, new ResourceKey(volume.AccountId, attachment.InstanceId));
        }
    }

    private void OnAdapter(Change<NetworkInterface> change)
    {
        var adapter = (change.After ?? change.Before)!;
        if (adapter.Attachment is { } attachment && _cloud.Find(Instance.Table, adapter.AccountId, attachment.InstanceId) is { } instance)
        {
            MarkInstance(instance.HostId, ResourceKey.Of(instance));
        }

        var before = GroupsOf(change.Before);
        var after = GroupsOf(change.After);
        if (!before.AsSpan().SequenceEqual(after.AsSpan()))
        {
            OnMembers(adapter, before, after);
        }
    }

    /// <summary>The groups whose member an adapter is: one that is not attached sends nothing.</summary>
    private static ImmutableArray<string> GroupsOf(NetworkInterface? adapter) => adapter is { Attachment: not null } ? adapter.SecurityGroupIds : [];

    /// <summary>Other hosts need to know members only where a rule names their group.</summary>
    private void OnMembers(NetworkInterface adapter, ImmutableArray<string> before, ImmutableArray<string> after)
    {
        var changed = false;
        foreach (var id in before.Union(after))
        {
            if (_cloud.CountBy(SecurityGroup.ByReferencedGroup, id) > 0)
            {
                changed |= _groups.SetMember(adapter.AccountId, id, adapter.PrivateIpAddress, after.Contains(id));
            }
        }

        if (changed)
        {
            MarkVpc(adapter.VpcId);
        }
    }

    private void OnGroup(Change<SecurityGroup> change)
    {
        // A group whose first rule names another makes that one's members matter.
        foreach (var group in new[] { change.Before, change.After }.OfType<SecurityGroup>())
        {
            _groups.Forget(group.AccountId, group.Id);
            foreach (var named in group.Rules.Select(rule => rule.ReferencedGroupId).OfType<string>())
            {
                _groups.Forget(group.AccountId, named);
            }
        }

        MarkVpc((change.After ?? change.Before)!.VpcId);
    }

    private void OnHost(Change<HostRecord> change)
    {
        foreach (var vpcId in (change.Before?.VpcIds ?? []).Union(change.After?.VpcIds ?? []))
        {
            Mark(change.Key.Id, changes => changes.MarkVpc(vpcId));
        }

        if (change.After is { MustPurge: true })
        {
            _wake(change.Key.Id);
        }
    }

    private void MarkInstance(string? hostId, ResourceKey key) => Mark(hostId, changes => changes.MarkInstance(key));

    private void MarkFastLaunches()
    {
        foreach (var host in _cloud.ListAll(HostRecord.Table))
        {
            Mark(host.Id, changes => changes.MarkFastLaunches());
        }
    }

    private void MarkVpc(string vpcId)
    {
        foreach (var host in _cloud.ListAll(HostRecord.Table).Where(host => host.VpcIds.Contains(vpcId)))
        {
            Mark(host.Id, changes => changes.MarkVpc(vpcId));
        }
    }

    private void Mark(string? hostId, Action<HostChanges> mark)
    {
        if (hostId is not null && _find(hostId) is { } link)
        {
            mark(link.Changes);
            _wake(hostId);
        }
    }
}
