using System.Collections.Immutable;
using System.Globalization;
using Nines.Host.Api;
using Nines.Host.Volumes;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>
/// Plugs disks into a machine that runs and takes them out, makes them larger and holds them to their limits. Level-triggered: every
/// round asks the hypervisor what is there. The root disk stays.
/// </summary>
internal sealed class MachineDisks(HostOptions options, TimeProvider time)
{
    /// <summary>A guest that did not hear, or was not able to let go, is asked again after this.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private const string Peripheral = "/machine/peripheral/disk";
    private readonly Dictionary<string, long> _asked = [];
    private VolumeIds _plugged = VolumeIds.None;
    private (VmDisk Disk, VolumeReadiness Volume)[]? _settled;

    /// <summary>The volumes that the guest has, as far as is known.</summary>
    public VolumeIds Plugged => Volatile.Read(ref _plugged);

    /// <summary>The machine's process is gone, and with it what it had.</summary>
    public void Forget()
    {
        Volatile.Write(ref _plugged, VolumeIds.None);
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
        var changed = false;
        foreach (var (disk, volume) in wanted)
        {
            if (!plugged.TryGetValue(disk.VolumeId, out var there))
            {
                if (!volume.IsReady || FreePort(plugged) is not { } port)
                {
                    continue;
                }

                there = await PlugAsync(monitor, disk.VolumeId, port, cancellationToken);
                plugged.Add(disk.VolumeId, there);
            }

            if (there.Port is { } known && (there.Iops, there.BytesPerSecond) != (volume.IopsLimit, volume.BytesPerSecondLimit))
            {
                await monitor.ExecuteAsync(new BlockSetIoThrottle(PathOf(known), volume.IopsLimit, volume.BytesPerSecondLimit), cancellationToken);
            }

            if (there.SizeBytes < volume.SizeBytes)
            {
                await monitor.ExecuteAsync(new BlockResize(QemuCommandLine.NodeOf(disk.VolumeId), volume.SizeBytes), cancellationToken);
                changed = true;
            }
        }

        foreach (var (id, disk) in plugged.Where(entry => entry.Value.Port is > 0 && disks.All(disk => disk.VolumeId != entry.Key)))
        {
            await AskToLetGoAsync(monitor, id, disk.Port!.Value, cancellationToken);
        }

        await CloseAsync(monitor, plugged, disks, cancellationToken);
        var now = VolumeIds.Of(plugged.Keys);
        changed |= Plugged.All.Except(now.All).Any();
        Volatile.Write(ref _plugged, now);
        var settled = plugged.Count == disks.Length;
        _settled = settled ? wanted : null;
        return (!settled, changed);
    }

    private static async Task<Dictionary<string, PluggedDisk>> PluggedAsync(QmpClient monitor, CancellationToken cancellationToken)
    {
        var plugged = new Dictionary<string, PluggedDisk>(StringComparer.Ordinal);
        foreach (var device in await monitor.ExecuteAsync<QueryBlock, ImmutableArray<BlockInfo>>(new QueryBlock(), cancellationToken))
        {
            if (device.Inserted is { NodeName: { } node } disk && node.StartsWith("vol-", StringComparison.Ordinal))
            {
                plugged[node] = new PluggedDisk(PortOf(device.Qdev), disk.Image.VirtualSize, disk.Iops, disk.BytesPerSecond);
            }
        }

        return plugged;
    }

    private async Task<PluggedDisk> PlugAsync(QmpClient monitor, string volumeId, int port, CancellationToken cancellationToken)
    {
        var nodes = await NodesAsync(monitor, cancellationToken);
        var (node, file) = (QemuCommandLine.NodeOf(volumeId), QemuCommandLine.FileNodeOf(volumeId));
        if (!nodes.Contains(file))
        {
            await monitor.ExecuteAsync(new BlockdevAdd("file", file) { FileName = VolumeFiles.PathOf(options, volumeId) }, cancellationToken);
        }

        if (!nodes.Contains(node))
        {
            await monitor.ExecuteAsync(new BlockdevAdd("qcow2", node) { File = file, DetectZeroes = "unmap" }, cancellationToken);
        }

        await monitor.ExecuteAsync(
            new DeviceAdd(QemuCommandLine.DiskId(port), QemuCommandLine.DiskPort(port), node, QemuCommandLine.SerialOf(volumeId)), cancellationToken);
        return new PluggedDisk(port, long.MaxValue, 0, 0);
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

        foreach (var node in await NodesAsync(monitor, cancellationToken))
        {
            if (node.StartsWith("vol-", StringComparison.Ordinal) && !plugged.ContainsKey(node) && wanted.All(disk => disk.VolumeId != node))
            {
                await monitor.ExecuteAsync(new BlockdevDel(node), cancellationToken);
                await monitor.ExecuteAsync(new BlockdevDel(QemuCommandLine.FileNodeOf(node)), cancellationToken);
            }
        }
    }

    private static async Task<HashSet<string>> NodesAsync(QmpClient monitor, CancellationToken cancellationToken) =>
        [.. (await monitor.ExecuteAsync<QueryNamedBlockNodes, ImmutableArray<BlockNode>>(new QueryNamedBlockNodes(), cancellationToken)).Select(node => node.NodeName)];

    private static int? FreePort(Dictionary<string, PluggedDisk> plugged) =>
        Enumerable.Range(1, QemuCommandLine.DiskPorts - 1).Cast<int?>().FirstOrDefault(port => plugged.Values.All(disk => disk.Port != port));

    private static string PathOf(int port) => $"{QemuCommandLine.DiskId(port)}/virtio-backend";

    /// <summary>The port of <c>/machine/peripheral/disk3/virtio-backend</c>.</summary>
    private static int? PortOf(string? device) =>
        device is not null && device.StartsWith(Peripheral, StringComparison.Ordinal)
        && int.TryParse(device[Peripheral.Length..].Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : null;

    /// <param name="Port">The port that its device is at, if that is one for disks.</param>
    /// <param name="SizeBytes">What the guest sees.</param>
    /// <param name="Iops">Its limit of reads and writes in a second.</param>
    /// <param name="BytesPerSecond">Its limit of bytes in a second.</param>
    private sealed record PluggedDisk(int? Port, long SizeBytes, long Iops, long BytesPerSecond);
}
