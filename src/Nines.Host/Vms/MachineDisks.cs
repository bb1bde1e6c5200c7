using System.Collections.Immutable;
using System.Globalization;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Replicas;
using Nines.Host.Volumes;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>
/// Plugs disks into a machine that runs and takes them out, makes them larger and holds them to their limits. Level-triggered: every
/// round asks the hypervisor what is there. The root disk stays.
/// </summary>
internal sealed class MachineDisks(HostOptions options, MirrorStore mirrors, ReplicaStore copies, MachineReplicas replicas, TimeProvider time)
{
    /// <summary>A guest that did not hear, or was not able to let go, is asked again after this.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SeenInterval = TimeSpan.FromMilliseconds(10);

    private const string Peripherals = QomList.Peripherals + "/";
    private const string Disk = "disk";
    private readonly Dictionary<string, long> _asked = [];
    private VolumeIds _plugged = VolumeIds.None;
    private (VmDisk Disk, VolumeReadiness Volume)[]? _settled;
    private bool _isKnown;

    /// <summary>The volumes that the guest has, as far as is known.</summary>
    public VolumeIds Plugged => Volatile.Read(ref _plugged);

    /// <summary>What keeps the asynchronous copies of the disks.</summary>
    public MachineReplicas Replicas => replicas;

    /// <summary>Whether the machine was asked what it has; else it may have disks that nobody here knows of.</summary>
    public bool IsKnown => Volatile.Read(ref _isKnown);

    /// <summary>The machine's process is gone, and with it what it had.</summary>
    public void Forget()
    {
        Volatile.Write(ref _plugged, VolumeIds.None);
        Volatile.Write(ref _isKnown, false);
        _settled = null;
        _asked.Clear();
    }

    /// <summary>Takes the disks a round nearer to what they shall be. Costs nothing when they are so since the last round.</summary>
    /// <param name="machine">The machine, which runs.</param>
    /// <param name="disks">The disks that it shall have; the first is the root disk.</param>
    /// <param name="volumes">What is known of the host's disks.</param>
    /// <returns>Whether one is still to come or to go, and whether one was let go or changed.</returns>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task<(bool IsUnsettled, bool Changed)> ReconcileAsync(
        QemuMachine machine, ImmutableArray<VmDisk> disks, Func<string, VolumeReadiness> volumes, CancellationToken cancellationToken)
    {
        (VmDisk Disk, VolumeReadiness Volume)[] wanted = [.. disks.Select(disk => (disk, volumes(disk.VolumeId)))];
        if (_settled?.SequenceEqual(wanted) is true)
        {
            return (false, false);
        }

        _settled = null;
        var monitor = await machine.MonitorAsync(cancellationToken);
        var plugged = await PluggedAsync(monitor, cancellationToken);
        var devices = DiskDevice.ModelOf(plugged.Values.FirstOrDefault(disk => disk.Port == 0)?.Device);
        var changed = false;
        foreach (var (disk, volume) in wanted)
        {
            if (!plugged.TryGetValue(disk.VolumeId, out var there))
            {
                if (!volume.IsReady || FreePort(plugged) is not { } port || DiskDevice.Of(devices, port, mirrors.StateOf(disk.VolumeId) is not null) is not { IsPluggable: true } device)
                {
                    continue;
                }

                there = await PlugAsync(monitor, disk.VolumeId, volume.Key, device, cancellationToken);
                plugged.Add(disk.VolumeId, there);
            }

            if (there.Port is { } known && (there.Iops, there.BytesPerSecond) != (volume.IopsLimit, volume.BytesPerSecondLimit))
            {
                await monitor.ExecuteAsync(new BlockSetIoThrottle(DiskDevice.Of(devices, known, there.IsMirrored).Path, volume.IopsLimit, volume.BytesPerSecondLimit), cancellationToken);
            }

            // Others grow once nobody has them open.
            if (there.Node is { } node && there.SizeBytes < volume.SizeBytes && DiskDevice.Of(devices, there.Port ?? 0, there.IsMirrored).GrowsInUse)
            {
                if (replicas.IsFollowed(disk.VolumeId))
                {
                    // What its copy has is copied as far as it was; a disk that grows is not held meanwhile.
                    await replicas.EndAsync(monitor, disk.VolumeId, closesAside: true, cancellationToken);
                }

                await monitor.ExecuteAsync(new BlockResize(node.Name, volume.SizeBytes), cancellationToken);
                changed = true;
            }
        }

        foreach (var (id, disk) in plugged.Where(entry => entry.Value.Port is > 0 and var port && DiskDevice.Of(devices, port, entry.Value.IsMirrored).IsPluggable && disks.All(disk => disk.VolumeId != entry.Key)))
        {
            await AskToLetGoAsync(monitor, id, disk.Port!.Value, cancellationToken);
        }

        await CloseAsync(monitor, plugged, disks, cancellationToken);
        var now = VolumeIds.Of(plugged.Keys);
        if (Plugged.All.Except(now.All).Any())
        {
            changed = true;
            await DiskSecrets.KeepOnlyAsync(monitor, wanted.Select(disk => disk.Volume.Key), cancellationToken);
        }

        Volatile.Write(ref _plugged, now);
        Volatile.Write(ref _isKnown, true);
        var settled = now.Equals(VolumeIds.Of(disks.Select(disk => disk.VolumeId)));
        _settled = settled ? wanted : null;
        return (!settled, changed);
    }

    /// <summary>
    /// Plugs the disks of a machine that has just come to life in one after the other: a guest names disks in the order in which it finds them. One that it has named it
    /// reads of, for its partitions.
    /// </summary>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task PlugInOrderAsync(QemuMachine machine, ImmutableArray<VmDisk> disks, Func<string, VolumeReadiness> volumes, CancellationToken cancellationToken)
    {
        var monitor = await machine.MonitorAsync(cancellationToken);
        for (var count = 2; count <= disks.Length; count++)
        {
            await ReconcileAsync(machine, disks[..count], volumes, cancellationToken);
            var port = (await PluggedAsync(monitor, cancellationToken)).GetValueOrDefault(disks[count - 1].VolumeId)?.Port
                ?? throw new QmpException(DeviceAdd.Name, $"{disks[count - 1].VolumeId} was not plugged in");
            while (!await IsReadAsync(monitor, port, cancellationToken))
            {
                await Task.Delay(SeenInterval, time, cancellationToken);
            }
        }
    }

    private static async Task<bool> IsReadAsync(QmpClient monitor, int port, CancellationToken cancellationToken) =>
        (await monitor.ExecuteAsync<QueryBlockStats, ImmutableArray<BlockStats>>(new QueryBlockStats(), cancellationToken)).Any(device => PortOf(device.Qdev) == port && device.Stats.Reads > 0);

    /// <summary>
    /// The path by which the file was opened that the guest writes a volume to; <see langword="null"/> when no device has the volume,
    /// and then what was left open of it is closed, so that nothing of it is only in the hypervisor's memory. Of a mirrored disk it is the first copy's.
    /// </summary>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task<string?> FileOfAsync(QmpClient monitor, string volumeId, CancellationToken cancellationToken)
    {
        var nodes = await NodesAsync(monitor, cancellationToken);
        if ((await PluggedAsync(monitor, cancellationToken)).GetValueOrDefault(volumeId) is not { } disk)
        {
            await CloseAsync(monitor, volumeId, nodes, cancellationToken);
            return null;
        }

        if (disk.Node is not { } active)
        {
            return null;
        }

        return nodes.GetValueOrDefault(active.FileName)?.File ?? throw new QmpException(QueryNamedBlockNodes.Name, $"{active.Name} lies in no file that is known");
    }

    /// <summary>Has the guest write volumes to other files from now on, all at one moment; nothing happens to a volume that no device has.</summary>
    /// <returns>The volumes that devices have.</returns>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task<VolumeIds?> SwitchAsync(QmpClient monitor, IReadOnlyCollection<NextFile> disks, CancellationToken cancellationToken)
    {
        var (plugged, nodes) = (await PluggedAsync(monitor, cancellationToken), await NodesAsync(monitor, cancellationToken));
        foreach (var disk in disks.Where(disk => ReplicaNodes.AreOn(nodes, disk.VolumeId)))
        {
            await replicas.EndAsync(monitor, disk.VolumeId, closesAside: false, cancellationToken);
        }

        var actions = ImmutableArray.CreateBuilder<TransactionAction>();
        foreach (var disk in disks)
        {
            if (plugged.GetValueOrDefault(disk.VolumeId) is not { Node: { } active })
            {
                continue;
            }

            // What an attempt before this one left may be of a file that is no more.
            await DiskNode.CloseAsync(monitor, NodesOf(nodes, disk.VolumeId).Where(node => node.Generation > active.Generation), nodes, cancellationToken);
            var next = active.Next;
            await DiskSecrets.AddAsync(monitor, disk.Key, cancellationToken);
            await monitor.ExecuteAsync(new BlockdevAdd("file", next.FileName) { FileName = disk.Path }, cancellationToken);
            await monitor.ExecuteAsync(new OverlayAdd(next.Name, next.FileName) { Encrypt = DiskSecrets.EncryptionOf(disk.Key) }, cancellationToken);
            await ReplicaNodes.CarryOnAsync(monitor, nodes[active.Name], next, cancellationToken);
            actions.Add(new TransactionAction(new(active.Name, next.Name)));
        }

        if (actions.Count > 0)
        {
            await monitor.ExecuteAsync(new Transaction(actions.ToImmutable()), cancellationToken);
        }

        return VolumeIds.Of(disks.Select(disk => disk.VolumeId).Where(plugged.ContainsKey));
    }

    private static async Task<Dictionary<string, PluggedDisk>> PluggedAsync(QmpClient monitor, CancellationToken cancellationToken)
    {
        var plugged = new Dictionary<string, PluggedDisk>(StringComparer.Ordinal);
        BlockGraph? graph = null;
        foreach (var device in await monitor.ExecuteAsync<QueryBlock, ImmutableArray<BlockInfo>>(new QueryBlock(), cancellationToken))
        {
            if (device.Inserted is not { NodeName: { } name } disk)
            {
                continue;
            }

            if (MirrorNodes.VolumeOf(name) is { } mirrored)
            {
                graph ??= await monitor.ExecuteAsync<QueryBlockGraph, BlockGraph>(new QueryBlockGraph(), cancellationToken);
                var first = MirrorNodes.ChildrenOf(graph, mirrored).Select(child => DiskNode.Parse(child.Node)).FirstOrDefault(node => node is not null);
                plugged[mirrored] = new PluggedDisk(first, device.Qdev, PortOf(device.Qdev), disk.Image.VirtualSize, disk.Iops, disk.BytesPerSecond, IsMirrored: true);
            }
            else if (ReplicaNodes.DiskOf(name) is { } node)
            {
                plugged[node.VolumeId] = new PluggedDisk(node, device.Qdev, PortOf(device.Qdev), disk.Image.VirtualSize, disk.Iops, disk.BytesPerSecond);
            }
        }

        return plugged;
    }

    private async Task<PluggedDisk> PlugAsync(QmpClient monitor, string volumeId, DiskKey? key, DiskDevice device, CancellationToken cancellationToken)
    {
        var nodes = await NodesAsync(monitor, cancellationToken);
        var node = new DiskNode(volumeId, 0);

        // What was left open may be a file that the volume has not any more.
        await CloseAsync(monitor, volumeId, nodes, cancellationToken);
        var (id, serial) = (QemuCommandLine.DiskId(device.Port), QemuCommandLine.SerialOf(volumeId));
        if (device.IsMirrored)
        {
            var top = await MirrorNodes.OpenAsync(monitor, mirrors, volumeId, key, cancellationToken);
            await monitor.ExecuteAsync(new DeviceAdd(device.Driver, id, device.Bus, top, serial) { OnReadError = DeviceAdd.Stop, OnWriteError = DeviceAdd.Stop }, cancellationToken);
            return new PluggedDisk(node, device.Path, device.Port, long.MaxValue, 0, 0, IsMirrored: true);
        }

        await monitor.ExecuteAsync(new BlockdevAdd("file", node.FileName) { FileName = VolumeFiles.PathOf(options, volumeId) }, cancellationToken);
        await DiskSecrets.AddAsync(monitor, key, cancellationToken);
        await monitor.ExecuteAsync(
            new BlockdevAdd("qcow2", node.Name) { File = node.FileName, DetectZeroes = "unmap", Encrypt = DiskSecrets.EncryptionOf(key) }, cancellationToken);
        if (await copies.OpenAsync(volumeId) is { } at)
        {
            await ReplicaNodes.NoteAsync(monitor, node, at, cancellationToken);
        }

        await monitor.ExecuteAsync(new DeviceAdd(device.Driver, id, device.Bus, node.Name, serial), cancellationToken);
        return new PluggedDisk(node, device.Path, device.Port, long.MaxValue, 0, 0);
    }

    private async Task AskToLetGoAsync(QmpClient monitor, string volumeId, int port, CancellationToken cancellationToken)
    {
        if (_asked.TryGetValue(volumeId, out var at) && time.GetElapsedTime(at) < AskAgainAfter)
        {
            return;
        }

        _asked[volumeId] = time.GetTimestamp();
        try
        {
            await monitor.ExecuteAsync(new DeviceDel(QemuCommandLine.DiskId(port)), cancellationToken);
        }
        catch (QmpException exception) when (exception.Message.Contains("already in the process of unplug", StringComparison.Ordinal))
        {
            // It was asked, and has not answered yet.
        }
    }

    /// <summary>Closes the disks that no device has any more.</summary>
    private async Task CloseAsync(QmpClient monitor, Dictionary<string, PluggedDisk> plugged, ImmutableArray<VmDisk> wanted, CancellationToken cancellationToken)
    {
        foreach (var id in _asked.Keys.Where(id => !plugged.ContainsKey(id)).ToArray())
        {
            _asked.Remove(id);
        }

        var nodes = await NodesAsync(monitor, cancellationToken);
        var superfluous = nodes.Keys.Select(name => MirrorNodes.OwnerOf(name) ?? ReplicaNodes.OwnerOf(name)).OfType<string>().Distinct()
            .Where(id => !plugged.ContainsKey(id) && wanted.All(disk => disk.VolumeId != id));
        foreach (var id in superfluous)
        {
            await CloseAsync(monitor, id, nodes, cancellationToken);
        }
    }

    /// <summary>Closes a disk that no device has.</summary>
    private async Task CloseAsync(QmpClient monitor, string volumeId, Dictionary<string, BlockNode> nodes, CancellationToken cancellationToken)
    {
        var isMirrored = nodes.ContainsKey(MirrorNodes.TopOf(volumeId));
        await MirrorNodes.CloseAsync(monitor, volumeId, nodes.Keys.ToHashSet(StringComparer.Ordinal), time, cancellationToken);
        long? copied = null;
        if (replicas.IsFollowed(volumeId) || ReplicaNodes.AreOn(nodes, volumeId))
        {
            copied = await replicas.FinishAsync(monitor, volumeId, cancellationToken);
            await replicas.EndAsync(monitor, volumeId, closesAside: true, cancellationToken);
        }

        await DiskNode.CloseAsync(monitor, NodesOf(nodes, volumeId), nodes, cancellationToken);
        if (isMirrored)
        {
            await mirrors.CloseAsync(volumeId, isWritten: true);
        }

        await copies.CloseAsync(volumeId, copied);
    }

    /// <summary>Every block node, by its name.</summary>
    internal static async Task<Dictionary<string, BlockNode>> NodesAsync(QmpClient monitor, CancellationToken cancellationToken) =>
        (await monitor.ExecuteAsync<QueryNamedBlockNodes, ImmutableArray<BlockNode>>(new QueryNamedBlockNodes(), cancellationToken))
            .ToDictionary(node => node.NodeName, StringComparer.Ordinal);

    private static IEnumerable<DiskNode> NodesOf(Dictionary<string, BlockNode> nodes, string volumeId) =>
        nodes.Keys.Select(DiskNode.Parse).OfType<DiskNode>().Where(node => node.VolumeId == volumeId);

    private static int? FreePort(Dictionary<string, PluggedDisk> plugged) =>
        Enumerable.Range(1, QemuCommandLine.DiskPorts - 1).Cast<int?>().FirstOrDefault(port => plugged.Values.All(disk => disk.Port != port));

    /// <summary>The port of <c>/machine/peripheral/disk3/virtio-backend</c>, or of <c>disk3</c>: a device that has the disk itself is told by its id.</summary>
    private static int? PortOf(string? device)
    {
        var id = (device?.StartsWith(Peripherals, StringComparison.Ordinal) is true ? device[Peripherals.Length..] : device ?? "").Split('/')[0];
        return id.StartsWith(Disk, StringComparison.Ordinal) && int.TryParse(id[Disk.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
    }

    /// <param name="Node">The node that the guest writes to, or its first copy; <see langword="null"/> when that is lost.</param>
    /// <param name="Device">Where its device is.</param>
    /// <param name="Port">The port that its device is at, if that is one for disks.</param>
    /// <param name="SizeBytes">What the guest sees.</param>
    /// <param name="Iops">Its limit of reads and writes in a second.</param>
    /// <param name="BytesPerSecond">Its limit of bytes in a second.</param>
    /// <param name="IsMirrored">Whether it has two copies.</param>
    private sealed record PluggedDisk(DiskNode? Node, string? Device, int? Port, long SizeBytes, long Iops, long BytesPerSecond, bool IsMirrored = false);
}
