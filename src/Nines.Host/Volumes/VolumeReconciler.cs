using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Reports;

namespace Nines.Host.Volumes;

/// <summary>Makes the host's disks what they shall be, and says of each how it stands.</summary>
internal sealed class VolumeReconciler(
    VolumeStore store, MirrorStore mirrors, DiskLocks locks, DiskCopies copies, Func<string, bool> isComing, Func<VolumeSpec, CancellationToken, Task<string?>> keptFor,
    ObservationLog observations, ILogger<VolumeReconciler> logger)
{
    private readonly ConcurrentDictionary<string, VolumeStatus> _statuses = new();
    private bool _collects;

    /// <summary>How a disk stands; <see langword="null"/> while it is not known.</summary>
    public VolumeStatus? StatusOf(string volumeId) => _statuses.GetValueOrDefault(volumeId);

    /// <summary>Takes every disk to its next state.</summary>
    /// <param name="inUse">Disks that machines have open.</param>
    /// <returns>Whether every disk is what it shall be; else to be called again after a while.</returns>
    public async Task<bool> ApplyAsync(
        ImmutableDictionary<string, VolumeSpec> desired, IReadOnlySet<string> inUse, CancellationToken cancellationToken)
    {
        var settled = true;
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(desired.Values, options, async (spec, cancellation) =>
        {
            if (!await ApplyAsync(spec, inUse.Contains(spec.Id), cancellation))
            {
                settled = false;
            }
        });
        if (Interlocked.Exchange(ref _collects, false))
        {
            store.Collect();
        }

        foreach (var id in _statuses.Keys.Where(id => !desired.ContainsKey(id)))
        {
            _statuses.TryRemove(id, out var status);
            if (status?.State is VolumeState.Gone)
            {
                observations.Forget(ObservationKind.Volume, id);
            }
        }

        return settled;
    }

    private async Task<bool> ApplyAsync(VolumeSpec spec, bool inUse, CancellationToken cancellationToken)
    {
        try
        {
            if (spec.Presence is Presence.Absent)
            {
                await copies.AbandonAsync(spec.Id);
                if (!inUse && mirrors.StateOf(spec.Id) is not null)
                {
                    await mirrors.RemoveAsync(spec.Id);
                }
            }

            var action = VolumePlan.Next(spec, SizeOf(spec), inUse);
            if (action is VolumeAction.Create && !store.HasSnapshot(spec))
            {
                return isComing(spec.SnapshotId!) ? false : throw new InvalidDataException($"Snapshot {spec.SnapshotId} is not on this host.");
            }

            if (WhyLocked(spec, action) is { } locked)
            {
                if (locked.Failure is null)
                {
                    return false;
                }

                // One that is there stays as large as it is until its key can be had again.
                action = action is VolumeAction.Grow ? VolumeAction.None : throw new InvalidDataException(locked.Failure);
            }

            switch (action)
            {
                case VolumeAction.Create when VolumeStore.IsCopied(spec):
                    if (!await copies.IsDoneAsync(spec.Id, token => store.CreateAsync(spec, null, token)))
                    {
                        return false;
                    }

                    await BeginMirrorAsync(spec, cancellationToken);
                    break;
                case VolumeAction.Create:
                    await store.CreateAsync(spec, await keptFor(spec, cancellationToken), cancellationToken);
                    await BeginMirrorAsync(spec, cancellationToken);
                    break;
                case VolumeAction.Grow when mirrors.StateOf(spec.Id) is not null:
                    if (!await GrowMirrorAsync(spec, cancellationToken))
                    {
                        return false;
                    }

                    break;
                case VolumeAction.Grow:
                    await store.GrowAsync(spec, cancellationToken);
                    break;
                case VolumeAction.Delete:
                    store.Delete(spec.Id);
                    Volatile.Write(ref _collects, true);
                    break;
            }

            var settled = spec.Presence is Presence.Absent || await MirrorAsync(spec, inUse, cancellationToken);
            var size = SizeOf(spec);
            var status = new VolumeStatus(spec.Id, size is null ? VolumeState.Gone : VolumeState.Ready, size is { } bytes ? (int)(bytes >> 30) : spec.SizeGiB);
            Publish(size is null ? status : WithCopies(status, spec, inUse));
            return settled;
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            logger.VolumeFailed(exception, spec.Id);
            Publish(new VolumeStatus(spec.Id, VolumeState.Failed, spec.SizeGiB, exception.Message));
            return false;
        }
    }

    /// <summary>A mirrored disk is as large as its good copies, and there as long as one of them is.</summary>
    private long? SizeOf(VolumeSpec spec) => mirrors.StateOf(spec.Id) is null || spec.Presence is Presence.Absent ? store.SizeOf(spec.Id) : mirrors.SizeOf(spec.Id);

    /// <summary>Makes the first copy larger; the second is made anew from it.</summary>
    private async Task<bool> GrowMirrorAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        using var held = await locks.AcquireAsync([spec.Id], cancellationToken);
        if (mirrors.IsOpen(spec.Id) || mirrors.StateOf(spec.Id) is MirrorState.SecondOnly)
        {
            return false;
        }

        await copies.AbandonAsync(MirrorStore.CopyIdOf(spec.Id));
        await mirrors.DropAsync(spec.Id, MirrorCopy.Second);
        await store.GrowAsync(spec, cancellationToken);
        return true;
    }

    private bool IsMirrorWanted(VolumeSpec spec) => spec.Replication is VolumeReplication.Synchronous && mirrors.IsOffered;

    /// <summary>A disk that was just made, and that nobody has open yet, is mirrored from its first opening on; one that is empty has both copies at once.</summary>
    private async Task BeginMirrorAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        if (!IsMirrorWanted(spec))
        {
            return;
        }

        await mirrors.BeginAsync(spec.Id);
        if (spec is not { ImageDigest: null, SnapshotId: null })
        {
            return;
        }

        try
        {
            await store.MakeEmptyAsync(mirrors.PlaceOf(spec.Id, MirrorCopy.Second), spec.Key, mirrors.SizeOf(spec.Id), cancellationToken);
            await mirrors.RebuiltAsync(spec.Id, isOpen: false);
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException)
        {
            logger.MirrorCopyNotRebuilt(spec.Id, MirrorCopy.Second, exception.Message);
        }
    }

    /// <summary>Gives a disk its second copy, makes a lost one anew, or takes the second one away, while no machine has the disk open.</summary>
    /// <returns>Whether nothing is left to do here; what a machine has open its own reconciler takes care of.</returns>
    private async Task<bool> MirrorAsync(VolumeSpec spec, bool inUse, CancellationToken cancellationToken)
    {
        var isWanted = IsMirrorWanted(spec);
        if (inUse || (!isWanted && mirrors.StateOf(spec.Id) is null) || mirrors.StateOf(spec.Id) is MirrorState.Clean && isWanted)
        {
            return true;
        }

        using var held = await locks.AcquireAsync([spec.Id], cancellationToken);
        if (mirrors.IsOpen(spec.Id))
        {
            return true;
        }

        if (mirrors.StateOf(spec.Id) is null)
        {
            await mirrors.BeginAsync(spec.Id);
        }
        else if (!isWanted && mirrors.StateOf(spec.Id) is not MirrorState.SecondOnly)
        {
            await mirrors.RemoveAsync(spec.Id);
            return true;
        }

        return mirrors.IsOffered && await RebuildAsync(spec, cancellationToken);
    }

    private async Task<bool> RebuildAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        if (mirrors.StateOf(spec.Id) is MirrorState.Open)
        {
            // Its machine ended without a word.
            await mirrors.DropAsync(spec.Id, MirrorCopy.Second);
        }

        if (MirrorStore.OnlyOf(mirrors.StateOf(spec.Id)) is not { } good || spec.Key is { Secret: null })
        {
            return true;
        }

        var lost = good is MirrorCopy.First ? MirrorCopy.Second : MirrorCopy.First;
        try
        {
            if (!await copies.IsDoneAsync(
                MirrorStore.CopyIdOf(spec.Id),
                token => store.DuplicateAsync(mirrors.PathOf(spec.Id, good), mirrors.PlaceOf(spec.Id, lost), spec.Key, mirrors.SizeOf(spec.Id), token)))
            {
                return false;
            }

            await mirrors.RebuiltAsync(spec.Id, isOpen: false);
            return true;
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException)
        {
            logger.MirrorCopyNotRebuilt(spec.Id, lost, exception.Message);
            return false;
        }
    }

    private VolumeStatus WithCopies(VolumeStatus status, VolumeSpec spec, bool inUse)
    {
        var state = mirrors.StateOf(spec.Id);
        if (state is null)
        {
            return spec.Replication is VolumeReplication.None || !mirrors.IsOffered
                ? status
                : status with { Redundancy = VolumeRedundancy.Degraded, Message = "It gets its second copy once it is detached, or its server is stopped." };
        }

        if (state is MirrorState.Clean || (state is MirrorState.Open && inUse))
        {
            return status with { Redundancy = VolumeRedundancy.Whole };
        }

        return mirrors.RebuiltOf(spec.Id) is { } percent
            ? status with { Redundancy = VolumeRedundancy.Rebuilding, RebuiltPercent = percent }
            : status with { Redundancy = VolumeRedundancy.Degraded, Message = state is MirrorState.SecondOnly ? "Its first copy is lost." : "Its second copy is lost, or not made yet." };
    }

    /// <summary>The key that a step needs and whose secret nobody here knows.</summary>
    private static DiskKey? WhyLocked(VolumeSpec spec, VolumeAction action) => action switch
    {
        VolumeAction.Create when VolumeStore.IsCopied(spec) && spec.SourceKey is { Secret: null } source => source,
        VolumeAction.Create or VolumeAction.Grow when spec.Key is { Secret: null } key => key,
        _ => null,
    };

    private void Publish(VolumeStatus status)
    {
        _statuses[status.Id] = status;
        observations.Publish(status);
    }
}
