using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>
/// Keeps the desired state of one host in step with the records. Only what changed is rendered again; what did not stays the
/// same object, so that neither this nor a host in the same process does work for the other ten thousand machines.
/// </summary>
/// <param name="cloud">The records.</param>
/// <param name="zones">The zones.</param>
/// <param name="groups">Rendered groups.</param>
/// <param name="tellKey">What a host is told of a key that an account's disk is encrypted with.</param>
/// <param name="hostId">The host.</param>
/// <remarks>Not for several threads: the reconciler of a host runs once at a time.</remarks>
internal sealed class HostComposer(Cloud cloud, ZoneCatalog zones, SecurityGroupSpecs groups, Func<string, VolumeKey?, DiskKey?> tellKey, string hostId)
{
    // How many adapters of each network are in each group, so that its groups are known without looking at all adapters.
    private readonly Dictionary<string, Dictionary<string, int>> _memberships = new(StringComparer.Ordinal);
    private HostState _state = new() { Generation = 0 };

    /// <summary>The state after these changes; the same object when the host need not know. What turns out to depend on them is added to them.</summary>
    public HostState Update(HostChangeSet changes)
    {
        if (cloud.Find(HostRecord.Table, HostRecord.Owner, hostId) is not { } host)
        {
            return _state;
        }

        if (changes.Everything || changes.FastLaunches)
        {
            UpdateFastLaunches();
        }

        if (changes.Everything || changes.Transfers)
        {
            UpdateTransfers();
        }

        var networks = changes.Vpcs;
        if (changes.Everything)
        {
            UpdateVms(Known(_state.Vms.Keys, cloud.By(Instance.ByHost, hostId)), changes);
            UpdateVolumes(Known(_state.Volumes.Keys, cloud.By(Volume.ByHost, hostId)));
            UpdateSnapshots(Known(_state.Snapshots.Keys, cloud.By(Snapshot.ByHost, hostId)));
            networks.UnionWith(host.VpcIds);
            networks.UnionWith(_state.Vpcs.Keys);
        }
        else
        {
            // The machines first: none is told without its disks, and no reboot without the snapshots that are to be taken in it. The host's turn
            // may come when only the first of a transaction's changes is marked.
            UpdateVms(changes.Instances, changes);
            UpdateVolumes(changes.Volumes);
            UpdateSnapshots(changes.Snapshots);
        }

        foreach (var vpcId in networks)
        {
            UpdateVpc(host, vpcId);
        }

        return _state;
    }

    /// <summary>The keys of what is rendered and of what should be: the first without an account, as it may have lost its record.</summary>
    private static IEnumerable<ResourceKey> Known<T>(IEnumerable<string> rendered, IReadOnlyCollection<T> recorded) where T : class, IResource
    {
        var ids = recorded.Select(record => record.Id).ToHashSet(StringComparer.Ordinal);
        return [.. recorded.Select(record => ResourceKey.Of(record)), .. rendered.Where(id => !ids.Contains(id)).Select(id => new ResourceKey("", id))];
    }

    private void UpdateFastLaunches()
    {
        ImmutableArray<FastLaunchSpec> specs = [.. FastLaunchPlan.Wanted(cloud.ListAll(Image.Table), cloud.ListAll(FastLaunch.Table)).Where(IsHere)];
        if (!specs.AsSpan().SequenceEqual(_state.FastLaunches.AsSpan()))
        {
            _state = _state with { FastLaunches = specs };
        }
    }

    /// <summary>Only the host that has a snapshot can keep a guest of it.</summary>
    private bool IsHere(FastLaunchSpec spec) => spec.SnapshotId is not { } id || cloud.By(Snapshot.ByHost, hostId).Any(snapshot => snapshot.Id == id);

    private void UpdateTransfers()
    {
        var specs = cloud.By(ImportTask.ByHost, hostId).SelectMany(task => ImportTaskPlan.Wanted(task, key => tellKey(task.AccountId, key)))
            .Concat(cloud.By(ExportTask.ByHost, hostId).Select(ExportTaskPlan.Wanted)).ToDictionary(spec => spec.Id, StringComparer.Ordinal);
        if (specs.Count != _state.Transfers.Count || specs.Values.Any(spec => spec != _state.Transfers.GetValueOrDefault(spec.Id)))
        {
            _state = _state with { Transfers = specs.ToImmutableDictionary(StringComparer.Ordinal) };
        }
    }

    private void UpdateVolumes(IEnumerable<ResourceKey> keys)
    {
        var specs = _state.Volumes.ToBuilder();
        foreach (var key in keys)
        {
            if (cloud.Find(Volume.Table, key.AccountId, key.Id) is { } volume && volume.HostId == hostId)
            {
                var spec = HostStateRenderer.Volume(volume, key => tellKey(volume.AccountId, key));
                if (!specs.TryGetValue(key.Id, out var known) || known != spec)
                {
                    specs[key.Id] = spec;
                }
            }
            else
            {
                specs.Remove(key.Id);
            }
        }

        if (specs.ToImmutable() is var volumes && !ReferenceEquals(volumes, _state.Volumes))
        {
            _state = _state with { Volumes = volumes };
        }
    }

    private void UpdateSnapshots(IEnumerable<ResourceKey> keys)
    {
        var specs = _state.Snapshots.ToBuilder();
        foreach (var key in keys)
        {
            if (cloud.Find(Snapshot.Table, key.AccountId, key.Id) is not { } snapshot || snapshot.HostId != hostId)
            {
                specs.Remove(key.Id);
            }
            else if (HostStateRenderer.Snapshot(snapshot, key => tellKey(snapshot.AccountId, key)) is var spec && spec != specs.GetValueOrDefault(key.Id))
            {
                specs[key.Id] = spec;
            }
        }

        if (specs.ToImmutable() is var snapshots && !ReferenceEquals(snapshots, _state.Snapshots))
        {
            _state = _state with { Snapshots = snapshots };
        }
    }

    /// <param name="keys">The machines to look at.</param>
    /// <param name="changes">Gets what belongs to them: their networks, disks and the snapshots that are to be taken in their reboots.</param>
    private void UpdateVms(IEnumerable<ResourceKey> keys, HostChangeSet changes)
    {
        var specs = _state.Vms.ToBuilder();
        var interfaces = new Dictionary<string, List<(string Id, InterfaceSpec? Spec)>>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            var instance = cloud.Find(Instance.Table, key.AccountId, key.Id);
            var here = instance?.HostId == hostId ? instance : null;
            var adapters = here is null ? [] : AdaptersOf(here);
            RemoveInterfaces(specs.GetValueOrDefault(key.Id), adapters, interfaces);
            if (here is null)
            {
                specs.Remove(key.Id);
                continue;
            }

            // Records that belong together are read one after the other; what a later transaction adds marks the instance again.
            var volumes = VolumesOf(here);
            changes.Volumes.UnionWith(volumes.Select(ResourceKey.Of));
            changes.Snapshots.UnionWith(cloud.By(Snapshot.ByRebootOf, here.Id).Select(ResourceKey.Of));
            var spec = HostStateRenderer.Vm(here, adapters, volumes, GroupNames(adapters), zones.Region, zones.Find(here.Zone)?.Id ?? here.Zone);
            if (!specs.TryGetValue(key.Id, out var known) || !SpecComparison.AreSame(known, spec))
            {
                specs[key.Id] = spec;
            }

            foreach (var adapter in adapters)
            {
                AddChanged(interfaces, adapter, here);
            }
        }

        if (specs.ToImmutable() is var vms && !ReferenceEquals(vms, _state.Vms))
        {
            _state = _state with { Vms = vms };
        }

        foreach (var (vpcId, changed) in interfaces)
        {
            UpdateInterfaces(vpcId, changed);
            changes.Vpcs.Add(vpcId);
        }
    }

    private static void RemoveInterfaces(VmSpec? rendered, IReadOnlyList<NetworkInterface> adapters, Dictionary<string, List<(string Id, InterfaceSpec? Spec)>> interfaces)
    {
        foreach (var gone in rendered?.Interfaces ?? [])
        {
            if (adapters.All(adapter => adapter.Id != gone.Id))
            {
                Add(interfaces, gone.VpcId, gone.Id, null);
            }
        }
    }

    private void AddChanged(Dictionary<string, List<(string Id, InterfaceSpec? Spec)>> interfaces, NetworkInterface adapter, Instance instance)
    {
        var spec = HostStateRenderer.Interface(adapter, instance);
        if (_state.Vpcs.GetValueOrDefault(adapter.VpcId)?.Interfaces.GetValueOrDefault(adapter.Id) is not { } known || !SpecComparison.AreSame(known, spec))
        {
            Add(interfaces, adapter.VpcId, adapter.Id, spec);
        }
    }

    private static void Add(Dictionary<string, List<(string Id, InterfaceSpec? Spec)>> interfaces, string vpcId, string id, InterfaceSpec? spec)
    {
        if (!interfaces.TryGetValue(vpcId, out var list))
        {
            interfaces.Add(vpcId, list = []);
        }

        list.Add((id, spec));
    }

    private void UpdateInterfaces(string vpcId, List<(string Id, InterfaceSpec? Spec)> changed)
    {
        var network = _state.Vpcs.GetValueOrDefault(vpcId) ?? new VpcSpec { Id = vpcId, CidrBlocks = [], DomainName = "" };
        var specs = network.Interfaces.ToBuilder();
        foreach (var (id, spec) in changed)
        {
            Count(vpcId, specs.GetValueOrDefault(id), -1);
            Count(vpcId, spec, 1);
            if (spec is null)
            {
                specs.Remove(id);
            }
            else
            {
                specs[id] = spec;
            }
        }

        _state = _state with { Vpcs = _state.Vpcs.SetItem(vpcId, network with { Interfaces = specs.ToImmutable() }) };
    }

    private void Count(string vpcId, InterfaceSpec? adapter, int difference)
    {
        if (!_memberships.TryGetValue(vpcId, out var counts))
        {
            _memberships.Add(vpcId, counts = new Dictionary<string, int>(StringComparer.Ordinal));
        }

        foreach (var id in adapter?.SecurityGroupIds ?? [])
        {
            if ((counts[id] = counts.GetValueOrDefault(id) + difference) == 0)
            {
                counts.Remove(id);
            }
        }
    }

    private void UpdateVpc(HostRecord host, string vpcId)
    {
        var known = _state.Vpcs.GetValueOrDefault(vpcId);
        var spec = VpcRenderer.Render(cloud, vpcId, known?.Interfaces ?? ImmutableDictionary<string, InterfaceSpec>.Empty, GroupsOf(vpcId), groups, zones);
        var next = (spec, known, host.VpcIds.Contains(vpcId)) switch
        {
            (not null, not null, true) when VpcRenderer.AreSame(known, spec) => known,
            (not null, _, true) => spec,
            // The network's record is gone, or was never to be here: the host removes it and says so.
            (_, not null, true) => known with { Presence = Presence.Absent },
            (null, null, true) => new VpcSpec { Id = vpcId, CidrBlocks = [], DomainName = "", Presence = Presence.Absent },
            _ => null,
        };
        if (next is null)
        {
            _memberships.Remove(vpcId);
        }

        if (!ReferenceEquals(next, known))
        {
            _state = _state with { Vpcs = next is null ? _state.Vpcs.Remove(vpcId) : _state.Vpcs.SetItem(vpcId, next) };
        }
    }

    private Dictionary<string, int>.KeyCollection GroupsOf(string vpcId) => (_memberships.GetValueOrDefault(vpcId) ?? []).Keys;

    private NetworkInterface[] AdaptersOf(Instance instance) =>
    [
        .. instance.NetworkInterfaceIds.Select(id => cloud.Find(NetworkInterface.Table, instance.AccountId, id)).OfType<NetworkInterface>()
            .Where(adapter => adapter.Attachment?.InstanceId == instance.Id).OrderBy(adapter => adapter.Attachment!.DeviceIndex),
    ];

    private Volume[] VolumesOf(Instance instance) =>
    [
        .. instance.VolumeIds.Select(id => cloud.Find(Volume.Table, instance.AccountId, id)).OfType<Volume>()
            .Where(volume => volume.Attachment is { State: not VolumeAttachmentState.Detaching } attachment && attachment.InstanceId == instance.Id),
    ];

    private ImmutableArray<string> GroupNames(NetworkInterface[] adapters) => adapters.Length == 0 ? [] :
    [
        .. adapters[0].SecurityGroupIds.Select(id => cloud.Find(SecurityGroup.Table, adapters[0].AccountId, id)?.Name).OfType<string>(),
    ];
}
