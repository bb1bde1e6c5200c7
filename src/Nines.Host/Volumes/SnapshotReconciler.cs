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
    SnapshotStore store, IOpenDisks machines, Func<string, bool> isFirstLost, DiskLocks locks, DiskCopies copies, ObservationLog observations, ILogger<SnapshotReconciler> logger)
{
    private readonly ConcurrentDictionary<string, SnapshotStatus> _statuses = new();
    private ImmutableHashSet<string>? _half;
    private HashSet<string> _wanted = [];
    private ImmutableDictionary<string, VolumeSpec> _volumes = ImmutableDictionary<string, VolumeSpec>.Empty;

    /// <summary>
    /// Whether a volume may have got another file that does not bear its name yet. A machine that opened it now would not see what
    /// another wrote last, so none may; nor before it is known what an earlier life of the agent left.
    /// </summary>
    public bool IsHalf(string volumeId) => Volatile.Read(ref _half)?.Contains(volumeId) is not false;

    /// <summary>Whether a snapshot is to be taken yet.</summary>
    public bool IsComing(string snapshotId) => _statuses.GetValueOrDefault(snapshotId) is null or { State: SnapshotState.Ready } && _wanted.Contains(snapshotId);

    /// <summary>The volumes whose files may be neither changed nor removed, because a snapshot of them is not taken yet.</summary>
    public IReadOnlySet<string> Pending(HostState desired) => desired.Snapshots.Values
        .Where(spec => spec.Presence is Presence.Present && _statuses.GetValueOrDefault(spec.Id) is null && !WaitsForFirst(spec)).Select(spec => spec.VolumeId)
        .Union(Volatile.Read(ref _half) ?? []).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether snapshots are to be taken between the two halves of a machine's reboot and are not yet.</summary>
    public bool Await(HostState desired, VmSpec machine) => desired.Snapshots.Values.Any(spec =>
        spec is { Presence: Presence.Present, Moment: { } moment } && moment.VmId == machine.Id && moment.BootGeneration == machine.BootGeneration
        && moment.RebootGeneration <= machine.RebootGeneration && _statuses.GetValueOrDefault(spec.Id) is null);

    /// <summary>Takes every snapshot to its next state. One that shall go stays until the volumes and snapshots are made that start as it.</summary>
    /// <returns>Whether all are what they shall be, and whether files may have become superfluous.</returns>
    public async Task<(bool IsSettled, bool Collects)> ApplyAsync(HostState desired, CancellationToken cancellationToken)
    {
        _volumes = desired.Volumes;
        _wanted = desired.Snapshots.Values.Where(spec => spec.Presence is Presence.Present).Select(spec => spec.Id).ToHashSet(StringComparer.Ordinal);
        if (_half is null)
        {
            Volatile.Write(ref _half, [.. store.Overlays().Select(overlay => overlay.VolumeId)]);
        }

        var settled = await CopyAllAsync(desired, cancellationToken);
        var needed = Needed(desired);

        // What nobody asks for any more is ended all the same: a machine may write to its overlay.
        var left = store.Overlays().Where(overlay => !desired.Snapshots.ContainsKey(overlay.SnapshotId)).Select(overlay => new SnapshotSpec(overlay.SnapshotId, overlay.VolumeId, Presence.Absent));
        var due = desired.Snapshots.Values.Where(spec => (spec.CopyOf is null || spec.Presence is Presence.Absent) && !IsDone(spec)).Concat(left).ToLookup(spec => spec.Presence is Presence.Absent && needed.Contains(spec.Id));
        settled &= !due[true].Any();
        var collects = due[false].Any(spec => spec.Presence is Presence.Absent);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(SnapshotSet.Chains(due[false]), options, async (chain, cancellation) =>
        {
            // What is half done comes first: there is never more than one of a volume.
            foreach (var set in chain.OrderBy(set => !set.Members.Any(store.HasOverlay)).ThenBy(set => set.Members[0].Id, StringComparer.Ordinal))
            {
                if (set.Moment is { } moment && !machines.HasCome(moment) && !set.Members.Any(store.HasOverlay))
                {
                    // What is not begun holds up nothing.
                    settled = false;
                }
                else if (!await ApplyAsync(set, desired, cancellation))
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

    private bool IsDone(SnapshotSpec spec) => (_statuses.GetValueOrDefault(spec.Id)?.State, spec.Presence) is (SnapshotState.Gone, _) or (SnapshotState.Ready, Presence.Present);

    /// <summary>What a volume or a snapshot that is not made yet starts as.</summary>
    private HashSet<string> Needed(HostState desired) =>
    [
        .. desired.Volumes.Values.Where(spec => spec.SnapshotId is not null && spec.Presence is Presence.Present && !store.HasVolume(spec.Id)).Select(spec => spec.SnapshotId!),
        .. desired.Snapshots.Values.Where(spec => spec.CopyOf is not null && spec.Presence is Presence.Present && _statuses.GetValueOrDefault(spec.Id) is null).Select(spec => spec.CopyOf!),
    ];

    /// <returns>Whether none is left.</returns>
    private async Task<bool> CopyAllAsync(HostState desired, CancellationToken cancellationToken)
    {
        var settled = true;
        foreach (var spec in desired.Snapshots.Values.Where(spec => spec is { CopyOf: not null, Presence: Presence.Absent } && !IsDone(spec)))
        {
            await copies.AbandonAsync(spec.Id);
            store.DropCopy(spec);
        }

        foreach (var spec in desired.Snapshots.Values.Where(spec => spec is { CopyOf: not null, Presence: Presence.Present } && !IsDone(spec)))
        {
            settled &= await TryAsync([spec], async () =>
            {
                if (store.RecordOf(spec.Id) is null && SnapshotStore.IsWritten(spec))
                {
                    if (IsWaitedFor(spec.Key) || IsWaitedFor(spec.SourceKey) || !await copies.IsDoneAsync(spec.Id, token => store.WriteCopyAsync(spec, token)))
                    {
                        return false;
                    }

                    await store.KeepCopyAsync(spec, cancellationToken);
                }
                else if (store.RecordOf(spec.Id) is null)
                {
                    await store.CopyAsync(spec.CopyOf!, spec.Id, cancellationToken);
                }

                Publish(new SnapshotStatus(spec.Id, SnapshotState.Ready, store.RecordOf(spec.Id)!.SizeGiB));
                return true;
            });
        }

        return settled;
    }

    /// <summary>Whether a secret is still to be told.</summary>
    private static bool IsWaitedFor(DiskKey? key) => key is { Secret: null, Failure: null };

    /// <summary>
    /// Whether the file that a volume goes on in cannot be made, because nobody here knows the secret that it is to be encrypted with, or the file
    /// is lost that it would be over; a mirrored volume gets that back.
    /// </summary>
    private bool IsLocked(SnapshotSpec spec) =>
        spec.Presence is Presence.Present && store.RecordOf(spec.Id) is null && ((KeyOf(spec) is { Secret: null } && !store.HasOverlay(spec)) || WaitsForFirst(spec));

    /// <summary>Whether nothing of a snapshot is taken, and its volume is to get its first copy back before.</summary>
    private bool WaitsForFirst(SnapshotSpec spec) => isFirstLost(spec.VolumeId) && !store.IsLinked(spec);

    private DiskKey? KeyOf(SnapshotSpec spec) => _volumes.GetValueOrDefault(spec.VolumeId)?.Key;

    private Task<bool> ApplyAsync(SnapshotSet set, HostState desired, CancellationToken cancellationToken) => TryAsync(set.Members, async () =>
    {
        if ((set.Moment is { } moment && !machines.HasCome(moment)) || set.Members.Any(IsLocked))
        {
            return false;
        }

        using (await locks.AcquireAsync(set.VolumeIds, cancellationToken))
        {
            if (set.Members.Any(IsLocked))
            {
                // Its first copy was lost meanwhile.
                return false;
            }

            await TakeStepsAsync(set, cancellationToken);
        }

        var settled = true;
        foreach (var spec in set.Members)
        {
            settled &= Tell(spec, desired.Volumes.GetValueOrDefault(spec.VolumeId));
        }

        return settled;
    });

    /// <returns>Whether it is what it shall be.</returns>
    private bool Tell(SnapshotSpec spec, VolumeSpec? volume)
    {
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

    private async Task<bool> TryAsync(ImmutableArray<SnapshotSpec> snapshots, Func<Task<bool>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // A snapshot that cannot be taken now is taken later: its moment is not promised, and a user waits for it.
            foreach (var spec in snapshots)
            {
                logger.SnapshotFailed(exception, spec.Id);
                if (exception is InvalidDataException)
                {
                    Publish(new SnapshotStatus(spec.Id, SnapshotState.Failed, 0, exception.Message));
                }
            }

            return false;
        }
    }

    /// <summary>
    /// Takes the snapshots step by step, each as far as all others have come: no file bears its volume's name again before every machine writes to
    /// the next ones. So at whatever step the agent dies, either all are still to be of a moment that comes, or all are of the one that was.
    /// </summary>
    private async Task TakeStepsAsync(SnapshotSet set, CancellationToken cancellationToken)
    {
        while (true)
        {
            var steps = new List<(SnapshotSpec Spec, SnapshotFacts Facts, SnapshotAction Action)>();
            foreach (var spec in set.Members)
            {
                var facts = store.Look(spec);
                var use = SnapshotPlan.AsksForUse(facts) ? await UseAsync(spec, cancellationToken) : DiskUse.None;
                steps.Add((spec, facts, SnapshotPlan.Next(spec.Presence, facts, use)));
            }

            var next = steps.Min(step => step.Action);
            if (next is SnapshotAction.Fail or SnapshotAction.None)
            {
                foreach (var (spec, facts, _) in steps.Where(step => step.Action is SnapshotAction.None))
                {
                    End(spec, facts);
                }

                return;
            }

            await TakeStepAsync(next, [.. steps.Where(step => step.Action == next).Select(step => step.Spec)], cancellationToken);
        }
    }

    private void End(SnapshotSpec spec, SnapshotFacts facts)
    {
        if (!facts.IsRecorded)
        {
            store.RemoveOverlay(spec);
        }

        ImmutableInterlocked.Update(ref _half, half => half!.Remove(spec.VolumeId));
    }

    private async Task TakeStepAsync(SnapshotAction action, SnapshotSpec[] snapshots, CancellationToken cancellationToken)
    {
        if (action is SnapshotAction.Switch)
        {
            await machines.SwitchAsync([.. snapshots.Select(spec => new NextFile(spec.VolumeId, store.OverlayOf(spec), KeyOf(spec)))], cancellationToken);
            return;
        }

        foreach (var spec in snapshots)
        {
            await TakeStepAsync(action, spec, cancellationToken);
        }
    }

    private async Task TakeStepAsync(SnapshotAction action, SnapshotSpec spec, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case SnapshotAction.MakeOverlay:
                await store.MakeOverlayAsync(spec, KeyOf(spec), cancellationToken);
                break;
            case SnapshotAction.Link:
                ImmutableInterlocked.Update(ref _half, half => half!.Add(spec.VolumeId));
                store.Link(spec);
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
