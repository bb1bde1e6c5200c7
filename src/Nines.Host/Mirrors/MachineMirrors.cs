using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;
using Nines.Host.Volumes;

namespace Nines.Host.Mirrors;

/// <summary>
/// Keeps the mirrored disks of a machine that runs: lets go of a copy that failed, which the guest does not notice, and makes it anew while the
/// guest writes. Level-triggered: what is remembered of a disk says which copies it may consist of, and each round makes it so.
/// </summary>
internal sealed class MachineMirrors(MirrorStore mirrors, Func<string, DiskKey?, long, CancellationToken, Task> makeDisk, MachineScrubs scrubs, TimeProvider time, ILogger logger)
{
    /// <summary>A disk that failed is not likely to be mended at once.</summary>
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(string VolumeId, MirrorCopy Copy), string> _failing = new();
    private readonly Dictionary<string, (long At, string Error)> _failed = new(StringComparer.Ordinal);
    private VolumeIds? _settled;

    /// <summary>Whether a copy failed and nothing was done about it yet.</summary>
    public bool AreFailing => !_failing.IsEmpty;

    /// <summary>Takes note of a copy that failed.</summary>
    public void OnEvent(QmpEvent happened)
    {
        if (happened is { Name: QmpEvent.MirrorReportBad, Error: { } error } && MirrorNodes.CopyOf(happened.NodeName) is { } copy)
        {
            _failing.TryAdd(copy, error);
        }
    }

    /// <summary>The machine's process is gone; what it had open is closed, and remembered as good if it was written out.</summary>
    public async Task ReleaseAsync(IEnumerable<string> volumeIds, bool isWritten)
    {
        foreach (var id in volumeIds.Where(id => mirrors.StateOf(id) is not null).ToList())
        {
            if (_failing.Keys.Where(copy => copy.VolumeId == id).ToList() is [var (_, bad)] && mirrors.StateOf(id) is MirrorState.Open)
            {
                // It did not take what the guest was told is written, and the other did.
                await mirrors.DropAsync(id, bad);
            }

            await mirrors.CloseAsync(id, isWritten && !_failing.Keys.Any(copy => copy.VolumeId == id));
        }

        _failing.Clear();
        _failed.Clear();
        _settled = null;
        await scrubs.ForgetAsync();
    }

    /// <summary>Lets go of the machine, which lives on: nothing is compared any more.</summary>
    public Task StopAsync() => scrubs.ForgetAsync();

    /// <summary>Takes the mirrored disks a round nearer to two good copies each. Costs nothing when they have been so since the last round.</summary>
    /// <param name="machine">The machine, which runs or waits for a copy.</param>
    /// <param name="disks">The volumes that it has.</param>
    /// <param name="volumes">What is known of the host's disks.</param>
    /// <returns>Whether a copy is still to be made.</returns>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task<bool> ReconcileAsync(QemuMachine machine, VolumeIds disks, Func<string, VolumeReadiness> volumes, CancellationToken cancellationToken)
    {
        var ids = VolumeIds.Of(disks.All.Where(id => mirrors.StateOf(id) is not null));
        await scrubs.KeepOnlyAsync(ids.All);
        if (ids.All.Count == 0 || (_failing.IsEmpty && ids.Equals(_settled) && ids.All.All(id => mirrors.StateOf(id) is MirrorState.Open && !scrubs.IsDue(id))))
        {
            return false;
        }

        var monitor = await machine.MonitorAsync(cancellationToken);
        var unsettled = false;
        foreach (var id in ids.All)
        {
            unsettled |= await ReconcileAsync(monitor, id, volumes(id), cancellationToken);
        }

        _settled = unsettled ? null : ids;
        return unsettled;
    }

    /// <summary>Lets processors run that wait for a disk; without the copy that failed, if that is what they wait for.</summary>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task GoOnAsync(QemuMachine machine, VolumeIds disks, Func<string, VolumeReadiness> volumes, DiskLocks locks, CancellationToken cancellationToken)
    {
        try
        {
            using var held = await locks.AcquireAsync(disks.All, cancellationToken);
            await ReconcileAsync(machine, disks, volumes, cancellationToken);
        }
        catch (Exception exception) when (exception is QmpException or IOException or InvalidDataException)
        {
            // No reason not to stop the machine, if that is what is wanted.
            logger.MirrorsNotReconciled(exception);
        }

        await (await machine.MonitorAsync(cancellationToken)).ContinueAsync(cancellationToken);
    }

    private async Task<bool> ReconcileAsync(QmpClient monitor, string id, VolumeReadiness volume, CancellationToken cancellationToken)
    {
        var children = MirrorNodes.ChildrenOf(await GraphAsync(monitor, cancellationToken), id);
        if (children.Length == 0)
        {
            return false;
        }

        await DropFailingAsync(id, children);
        if (MirrorStore.OnlyOf(mirrors.StateOf(id)) is not { } only)
        {
            await RemoveStandInAsync(monitor, id, children, cancellationToken);
            return await ScrubAsync(monitor, id, children);
        }

        await scrubs.ForgetAsync(id);
        var lost = only is MirrorCopy.First ? MirrorCopy.Second : MirrorCopy.First;
        await DetachAsync(monitor, id, lost, children, cancellationToken);
        var job = await MirrorJobs.FindAsync(monitor, id, cancellationToken);
        switch (job?.Status)
        {
            case null:
                mirrors.Progress(id, null);
                if (volume.IsReady && mirrors.IsOffered && !(_failed.TryGetValue(id, out var failed) && time.GetElapsedTime(failed.At) < TryAgainAfter))
                {
                    await BeginAsync(monitor, id, lost, volume.Key, cancellationToken);
                }

                return true;
            case "ready":
                return !await FinishAsync(monitor, id, lost, cancellationToken);
            case "concluded":
                await FailAsync(monitor, id, lost, await MirrorJobs.EndAsync(monitor, id, force: true, time, cancellationToken), cancellationToken);
                return true;
            default:
                mirrors.Progress(id, job.TotalProgress == 0 ? 0 : (int)(job.CurrentProgress * 100 / job.TotalProgress));
                return true;
        }
    }

    /// <returns>Whether a scrub is under way, or a copy to be made anew.</returns>
    private async Task<bool> ScrubAsync(QmpClient monitor, string id, ImmutableArray<(string Edge, string Node)> children)
    {
        if (children.FirstOrDefault(child => MirrorNodes.CopyOf(child.Node) == (id, MirrorCopy.First)) is not { Node: { } first }
            || !scrubs.IsDue(id) || await scrubs.StepAsync(monitor, id, first) is not { } found)
        {
            return scrubs.IsRunning(id);
        }

        await mirrors.DropAsync(id, found.Bad);
        logger.MirrorCopyLost(id, found.Bad, found.Why);
        return true;
    }

    /// <summary>A copy that failed is given up while there is another; the last one is tried again and again.</summary>
    private async Task DropFailingAsync(string id, ImmutableArray<(string Edge, string Node)> children)
    {
        foreach (var copy in new[] { MirrorCopy.First, MirrorCopy.Second })
        {
            if (!_failing.TryRemove((id, copy), out var error))
            {
                continue;
            }

            if (MirrorStore.OnlyOf(mirrors.StateOf(id)) is null && children.Any(child => MirrorNodes.CopyOf(child.Node) == (id, copy)))
            {
                await mirrors.DropAsync(id, copy);
                logger.MirrorCopyLost(id, copy, error);
            }
        }
    }

    private static async Task RemoveStandInAsync(QmpClient monitor, string id, ImmutableArray<(string Edge, string Node)> children, CancellationToken cancellationToken)
    {
        if (children.FirstOrDefault(child => child.Node == MirrorNodes.StandInOf(id)) is { Edge: { } edge })
        {
            await monitor.ExecuteAsync(new MirrorChange(MirrorNodes.TopOf(id)) { Child = edge }, cancellationToken);
            await MirrorNodes.RemoveStandInAsync(monitor, id, await OpenAsync(monitor, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Takes a lost copy out of the disk, if it is in it, and closes it.</summary>
    private async Task DetachAsync(QmpClient monitor, string id, MirrorCopy lost, ImmutableArray<(string Edge, string Node)> children, CancellationToken cancellationToken)
    {
        if (children.FirstOrDefault(child => MirrorNodes.CopyOf(child.Node) == (id, lost)) is not { Edge: { } edge })
        {
            return;
        }

        if (children.All(child => child.Node != MirrorNodes.StandInOf(id)))
        {
            await MirrorNodes.RemoveStandInAsync(monitor, id, await OpenAsync(monitor, cancellationToken), cancellationToken);
            var standIn = await MirrorNodes.AddStandInAsync(monitor, id, mirrors.SizeOf(id), cancellationToken);
            await monitor.ExecuteAsync(new MirrorChange(MirrorNodes.TopOf(id)) { Node = standIn }, cancellationToken);
        }

        await monitor.ExecuteAsync(new MirrorChange(MirrorNodes.TopOf(id)) { Child = edge }, cancellationToken);
        await CloseAsync(monitor, id, lost, cancellationToken);
    }

    private async Task BeginAsync(QmpClient monitor, string id, MirrorCopy lost, DiskKey? key, CancellationToken cancellationToken)
    {
        try
        {
            await CloseAsync(monitor, id, lost, cancellationToken);
            var path = mirrors.PlaceOf(id, lost);
            await makeDisk(path, key, mirrors.SizeOf(id), cancellationToken);
            var generation = (await OpenAsync(monitor, cancellationToken)).Select(DiskNode.Parse).OfType<DiskNode>()
                .Where(node => node.VolumeId == id).Select(node => node.Generation + 1).DefaultIfEmpty().Max();
            var target = await MirrorNodes.OpenCopyAsync(monitor, new DiskNode(id, generation), lost, path, key, cancellationToken);
            await monitor.ExecuteAsync(new BlockdevMirror(MirrorNodes.JobOf(id), MirrorNodes.TopOf(id), target, MirrorNodes.FilterOf(id)), cancellationToken);
            mirrors.Progress(id, 0);
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException or InvalidDataException or QmpException)
        {
            await FailAsync(monitor, id, lost, exception.Message, cancellationToken);
        }
    }

    /// <summary>All is copied: the processors stop for a moment, so that no write goes by the new copy while it takes its place.</summary>
    /// <returns>Whether there are two copies again.</returns>
    private async Task<bool> FinishAsync(QmpClient monitor, string id, MirrorCopy lost, CancellationToken cancellationToken)
    {
        await monitor.ExecuteAsync(new Stop(), cancellationToken);
        try
        {
            if (await MirrorJobs.EndAsync(monitor, id, force: false, time, cancellationToken) is { } error)
            {
                await FailAsync(monitor, id, lost, error, cancellationToken);
                return false;
            }

            var target = (await OpenAsync(monitor, cancellationToken)).Where(node => MirrorNodes.CopyOf(node) == (id, lost))
                .MaxBy(node => DiskNode.Parse(node)?.Generation ?? 0);
            await monitor.ExecuteAsync(new MirrorChange(MirrorNodes.TopOf(id)) { Node = target }, cancellationToken);
            await mirrors.RebuiltAsync(id, isOpen: true);
            await RemoveStandInAsync(monitor, id, MirrorNodes.ChildrenOf(await GraphAsync(monitor, cancellationToken), id), cancellationToken);
            _failed.Remove(id);
            logger.MirrorCopyRebuilt(id, lost);
            return true;
        }
        finally
        {
            await monitor.ContinueAsync(cancellationToken);
        }
    }

    private async Task FailAsync(QmpClient monitor, string id, MirrorCopy lost, string? error, CancellationToken cancellationToken)
    {
        error ??= "it was given up";
        if (!_failed.TryGetValue(id, out var before) || before.Error != error)
        {
            logger.MirrorCopyNotRebuilt(id, lost, error);
        }

        _failed[id] = (time.GetTimestamp(), error);
        mirrors.Progress(id, null);
        await CloseAsync(monitor, id, lost, cancellationToken);
    }

    private static async Task CloseAsync(QmpClient monitor, string id, MirrorCopy copy, CancellationToken cancellationToken)
    {
        if (copy is MirrorCopy.Second)
        {
            await MirrorNodes.CloseSecondAsync(monitor, id, await OpenAsync(monitor, cancellationToken), cancellationToken);
            return;
        }

        var open = await MachineDisks.NodesAsync(monitor, cancellationToken);
        await DiskNode.CloseAsync(monitor, open.Keys.Select(DiskNode.Parse).OfType<DiskNode>().Where(node => node.VolumeId == id), open, cancellationToken);
    }

    private static async Task<IReadOnlySet<string>> OpenAsync(QmpClient monitor, CancellationToken cancellationToken) =>
        (await MachineDisks.NodesAsync(monitor, cancellationToken)).Keys.ToHashSet(StringComparer.Ordinal);

    private static Task<BlockGraph> GraphAsync(QmpClient monitor, CancellationToken cancellationToken) =>
        monitor.ExecuteAsync<QueryBlockGraph, BlockGraph>(new QueryBlockGraph(), cancellationToken);
}
