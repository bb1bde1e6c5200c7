using System.Collections.Immutable;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.FlowLogs;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Kms;
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
            cloud.Subscribe(ImportTask.Table, change => MarkTransfers(change.Before?.HostId ?? change.After?.HostId)),
            cloud.Subscribe(ExportTask.Table, change => MarkTransfers(change.Before?.HostId ?? change.After?.HostId)),
            cloud.Subscribe(KmsKey.Table, OnKey),
            cloud.Subscribe(NetworkInterface.Table, OnAdapter),
            cloud.Subscribe(SecurityGroup.Table, OnGroup),
            cloud.Subscribe(PrefixList.Table, OnPrefixList),
            cloud.Subscribe(Vpc.Table, OnVpc),
            cloud.Subscribe(VpcPeering.Table, OnPeering),
            cloud.Subscribe(Subnet.Table, change => MarkVpc((change.After ?? change.Before)!.VpcId)),
            cloud.Subscribe(RouteTable.Table, change => MarkVpc((change.After ?? change.Before)!.VpcId)),
            cloud.Subscribe(NetworkAcl.Table, change => MarkVpc((change.After ?? change.Before)!.VpcId)),
            cloud.Subscribe(NatGateway.Table, change => MarkVpc((change.After ?? change.Before)!.VpcId)),
            cloud.Subscribe(FlowLog.Table, change => MarkVpc((change.After ?? change.Before)!.VpcId)),
            cloud.Subscribe(InternetGateway.Table, OnGateway),
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

    /// <summary>A key that cannot be used any more opens nothing, and one that can again does.</summary>
    private void OnKey(Change<KmsKey> change)
    {
        if (change.Before?.IsEnabled == change.After?.IsEnabled)
        {
            return;
        }

        foreach (var volume in _cloud.By(Volume.ByKmsKey, change.Key.Id))
        {
            Mark(volume.HostId, changes => changes.MarkVolume(ResourceKey.Of(volume)));
        }

        foreach (var task in _cloud.List(ImportTask.Table, change.Key.AccountId))
        {
            MarkTransfers(task.HostId);
        }

        foreach (var snapshot in _cloud.By(Snapshot.ByKmsKey, change.Key.Id))
        {
            Mark(snapshot.HostId, changes => changes.MarkSnapshot(ResourceKey.Of(snapshot)));
        }
    }

    private void OnAdapter(Change<NetworkInterface> change)
    {
        var adapter = (change.After ?? change.Before)!;
        if (adapter.Attachment is { } attachment && _cloud.Find(Instance.Table, adapter.AccountId, attachment.InstanceId) is { } instance)
        {
            MarkInstance(instance.HostId, ResourceKey.Of(instance));
        }

        if (!IsSameMember(change.Before, change.After))
        {
            OnMembers(adapter, MembershipsOf(change.Before), MembershipsOf(change.After));
        }
    }

    private static bool IsSameMember(NetworkInterface? before, NetworkInterface? after) =>
        before is not null && after is not null
        && before.Attachment is null == after.Attachment is null
        && before.SecurityGroupIds.AsSpan().SequenceEqual(after.SecurityGroupIds.AsSpan())
        && before.SecondaryAddresses.AsSpan().SequenceEqual(after.SecondaryAddresses.AsSpan());

    /// <summary>The groups whose member an adapter is, with each of its addresses: one that is not attached sends nothing.</summary>
    private static HashSet<(string GroupId, string Address)> MembershipsOf(NetworkInterface? adapter) => adapter is not { Attachment: not null } ? [] :
    [
        .. adapter.SecurityGroupIds.SelectMany(_ => adapter.Addresses, (id, address) => (id, address.PrivateIpAddress)),
    ];

    /// <summary>Other hosts need to know members only where a rule names their group.</summary>
    private void OnMembers(NetworkInterface adapter, HashSet<(string GroupId, string Address)> before, HashSet<(string GroupId, string Address)> after)
    {
        var changed = false;
        foreach (var (id, address) in before.Union(after))
        {
            if (_cloud.CountBy(SecurityGroup.ByReferencedGroup, id) > 0)
            {
                changed |= _groups.SetMember(adapter.AccountId, id, adapter.VpcId, address, after.Contains((id, address)));
            }
        }

        if (!changed)
        {
            return;
        }

        foreach (var vpcId in before.Union(after).SelectMany(member => _cloud.By(SecurityGroup.ByReferencedGroup, member.GroupId)).SelectMany(group => group.VpcIds).Append(adapter.VpcId).Distinct())
        {
            MarkVpc(vpcId);
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
                _groups.Forget(_cloud.By(SecurityGroup.ById, named).FirstOrDefault()?.AccountId ?? group.AccountId, named);
            }
        }

        foreach (var vpcId in (change.Before?.VpcIds ?? []).Union(change.After?.VpcIds ?? []))
        {
            MarkVpc(vpcId);
        }
    }

    /// <summary>A peer knows the blocks of a VPC.</summary>
    private void OnVpc(Change<Vpc> change)
    {
        var vpc = (change.After ?? change.Before)!;
        MarkVpc(vpc.Id);
        if (change.Before is { } before && !IsSameToPeers(before, change.After))
        {
            foreach (var peering in _cloud.By(VpcPeering.ByVpc, vpc.Id))
            {
                MarkVpc(peering.PeerOf(vpc.Id));
            }
        }
    }

    /// <summary>Peers are told of its blocks, and whether its public names mean anything.</summary>
    private static bool IsSameToPeers(Vpc before, Vpc? after) => after is not null
        && before.CidrBlocks.AsSpan().SequenceEqual(after.CidrBlocks.AsSpan())
        && before.EnableDnsSupport == after.EnableDnsSupport
        && before.EnableDnsHostnames == after.EnableDnsHostnames;

    /// <summary>A rule that names a group means its members on the other side too while the peering is active.</summary>
    private void OnPeering(Change<VpcPeering> change)
    {
        foreach (var vpcId in (change.After ?? change.Before)!.VpcIds)
        {
            _groups.ForgetIn(vpcId);
            MarkVpc(vpcId);
        }
    }

    /// <summary>A rule that names a list means its blocks.</summary>
    private void OnPrefixList(Change<PrefixList> change)
    {
        foreach (var group in _cloud.By(SecurityGroup.ByPrefixList, change.Key.Id))
        {
            _groups.Forget(group.AccountId, group.Id);
            foreach (var vpcId in group.VpcIds)
            {
                MarkVpc(vpcId);
            }
        }
    }

    /// <summary>A route to a gateway works while that is attached.</summary>
    private void OnGateway(Change<InternetGateway> change)
    {
        foreach (var vpcId in new[] { change.Before?.VpcId, change.After?.VpcId }.OfType<string>().Distinct())
        {
            MarkVpc(vpcId);
        }
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

    private void MarkTransfers(string? hostId) => Mark(hostId, changes => changes.MarkTransfers());

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
