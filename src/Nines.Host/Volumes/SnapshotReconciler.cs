using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Processes;
using Nines.Host.Reports;

namespace Nines.Host.Volumes;

/// <summary>
/// Takes snapshots and lets go of them, and says of each how it stands. Level-triggered: every step leaves the files so that the
/// next life of the agent knows what is left to do.
/// </summary>
internal sealed class SnapshotReconciler(
    SnapshotStore store, IOpenDisks machines, DiskLocks locks, ObservationLog observations, ILogger<SnapshotReconciler> logger)
{
    private readonly ConcurrentDictionary<string, SnapshotStatus> _statuses = new();
    private ImmutableHashSet<string>? _half;
    private HashSet<string> _wanted = [];

    /// <summary>
    /// Whether a volume may have got another file that does not bear its name yet. A machine that opened it now would not see what
    /// another wrote last, so none may; nor before it is known what an earlier life of the agent left.
    /// </summary>
    public bool IsHalf(string volumeId) => Volatile.Read(ref _half)?.Contains(volumeId) is not false;

    /// <summary>Whether a snapshot is to be taken yet.</summary>
    public bool IsComing(string snapshotId) => _statuses.GetValueOrDefault(snapshotId) is null or { State: SnapshotState.Ready } && _wanted.Contains(snapshotId);

    /// <summary>The volumes whose files may be neither changed nor removed, because a snapshot of them is not taken yet.</summary>
    public IReadOnlySet<string> Pending(HostState desired) => desired.Snapshots.Values
        .Where(spec => spec.Presence is Presence.Present && _statuses.GetValueOrDefault(spec.Id) is null).Select(spec => spec.VolumeId)
        .Union(Volatile.Read(ref _half) ?? []).ToHashSet(StringComparer.Ordinal);

    /// <summary>Takes every snapshot to its next state. One that shall go stays until the volumes are made that start as it.</summary>
    /// <returns>Whether all are what they shall be, and whether files may have become superfluous.</returns>
    public async Task<(bool IsSettled, bool Collects)> ApplyAsync(HostState desired, CancellationToken cancellationToken)
    {
        _wanted = desired.Snapshots.Values.Where(spec => spec.Presence is Presence.Present).Select(spec => spec.Id).ToHashSet(StringComparer.Ordinal);
        var needed = desired.Volumes.Values.Where(spec => spec.SnapshotId is not null && spec.Presence is Presence.Present && !store.HasVolume(spec.Id))
            .Select(spec => spec.SnapshotId!).ToHashSet(StringComparer.Ordinal);
        if (_half is null)
        {
            Volatile.Write(ref _half, [.. store.Overlays().Select(overlay => overlay.VolumeId)]);
        }

        var (settled, collects) = (true, false);

        // What nobody asks for any more is ended all the same: a machine may write to its overlay.
        var left = store.Overlays().Where(overlay => !desired.Snapshots.ContainsKey(overlay.SnapshotId)).Select(overlay => new SnapshotSpec(overlay.SnapshotId, overlay.VolumeId, Presence.Absent));
        var volumes = desired.Snapshots.Values.Concat(left).GroupBy(spec => spec.VolumeId, StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(volumes, options, async (snapshots, cancellation) =>
        {
            // What is half done comes first: there is never more than one of a volume.
            foreach (var spec in snapshots.OrderBy(spec => !store.HasOverlay(spec)).ThenBy(spec => spec.Id, StringComparer.Ordinal))
            {
                if (spec.Presence is Presence.Absent && needed.Contains(spec.Id))
                {
                    settled = false;
                    continue;
                }

                collects |= spec.Presence is Presence.Absent && _statuses.GetValueOrDefault(spec.Id) is not { State: SnapshotState.Gone };
                if (!await ApplyAsync(spec, desired.Volumes.GetValueOrDefault(spec.VolumeId), cancellation))
                {
                    settled = false;
                    break;
                }
            }
        });
        foreach (var id in _statuses.Keys.Where(id => !desired.Snapshots.ContainsKey(id)))
        {
            if (_statuses.TryRemove(id, out var status) && status.State is SnapshotState.Gone)
            {
                observations.Forget(ObservationKind.Snapshot, id);
            }
        }

        return (settled, collects);
    }

    private async Task<bool> ApplyAsync(SnapshotSpec spec, VolumeSpec? volume, CancellationToken cancellationToken)
    {
        try
        {
            if ((_statuses.GetValueOrDefault(spec.Id)?.State, spec.Presence) is (SnapshotState.Gone, _) or (SnapshotState.Ready, Presence.Present))
            {
                return true;
            }

            using (await locks.AcquireAsync([spec.VolumeId], cancellationToken))
            {
                await TakeStepsAsync(spec, cancellationToken);
            }

            if (spec.Presence is Presence.Absent)
            {
                Publish(new SnapshotStatus(spec.Id, SnapshotState.Gone, 0));
            }
            else if (store.RecordOf(spec.Id) is { } record)
            {
                Publish(new SnapshotStatus(spec.Id, SnapshotState.Ready, record.SizeGiB));
            }
            else if (volume is { Presence: Presence.Present })
            {
                // It is about to be made.
                return false;
            }
            else
            {
                Publish(new SnapshotStatus(spec.Id, SnapshotState.Failed, 0, $"Volume {spec.VolumeId} is not on this host."));
            }

            return true;
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // A snapshot that cannot be taken now is taken later: its moment is not promised, and a user waits for it.
            logger.SnapshotFailed(exception, spec.Id);
            if (exception is InvalidDataException)
            {
                Publish(new SnapshotStatus(spec.Id, SnapshotState.Failed, 0, exception.Message));
            }

            return false;
        }
    }

    private async Task TakeStepsAsync(SnapshotSpec spec, CancellationToken cancellationToken)
    {
        while (true)
        {
            var facts = store.Look(spec);
            var use = SnapshotPlan.AsksForUse(facts) ? await UseAsync(spec, cancellationToken) : DiskUse.None;
            var action = SnapshotPlan.Next(spec.Presence, facts, use);
            switch (action)
            {
                case SnapshotAction.None:
                    if (!facts.IsRecorded)
                    {
                        store.RemoveOverlay(spec);
                    }

                    ImmutableInterlocked.Update(ref _half, half => half!.Remove(spec.VolumeId));
                    return;
                case SnapshotAction.Fail:
                    return;
                case SnapshotAction.MakeOverlay:
                    await store.MakeOverlayAsync(spec, cancellationToken);
                    break;
                case SnapshotAction.Link:
                    ImmutableInterlocked.Update(ref _half, half => half!.Add(spec.VolumeId));
                    store.Link(spec);
                    break;
                case SnapshotAction.Switch:
                    await machines.SwitchAsync(spec.VolumeId, store.OverlayOf(spec), cancellationToken);
                    break;
                case SnapshotAction.Rename:
                    store.Rename(spec);
                    ImmutableInterlocked.Update(ref _half, half => half!.Remove(spec.VolumeId));
                    break;
                case SnapshotAction.Record:
                    await store.RecordAsync(spec, cancellationToken);
                    break;
                case SnapshotAction.Undo:
                    store.Undo(spec);
                    ImmutableInterlocked.Update(ref _half, half => half!.Remove(spec.VolumeId));
                    break;
                case SnapshotAction.Delete:
                    store.Delete(spec.Id);
                    break;
            }
        }
    }

    private async Task<DiskUse> UseAsync(SnapshotSpec spec, CancellationToken cancellationToken)
    {
        var file = await machines.FileOfAsync(spec.VolumeId, cancellationToken);
        return file is null ? DiskUse.None : file == store.OverlayOf(spec) ? DiskUse.Overlay : DiskUse.Present;
    }

    private void Publish(SnapshotStatus status)
    {
        _statuses[status.Id] = status;
        observations.Publish(status);
    }
}
