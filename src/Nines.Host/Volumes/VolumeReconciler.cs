using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Reports;

namespace Nines.Host.Volumes;

/// <summary>Makes the host's disks what they shall be, and says of each how it stands.</summary>
internal sealed class VolumeReconciler(
    VolumeStore store, VolumeMirrors mirrors, VolumeReplicas replicas, DiskCopies copies, Func<string, bool> isComing, Func<VolumeSpec, CancellationToken, Task<string?>> keptFor,
    ObservationLog observations, ILogger<VolumeReconciler> logger)
{
    private readonly ConcurrentDictionary<string, VolumeStatus> _statuses = new();
    private bool _collects;

    /// <summary>How a disk stands; <see langword="null"/> while it is not known.</summary>
    public VolumeStatus? StatusOf(string volumeId) => _statuses.GetValueOrDefault(volumeId);

    /// <summary>How a disk's asynchronous copy stands; <see langword="null"/> when it shall have none.</summary>
    public ReplicaUsage? UsageOf(VolumeSpec spec) => replicas.UsageOf(spec);

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
                await mirrors.RemoveAsync(spec, inUse);
                if (!inUse)
                {
                    await replicas.RemoveAsync(spec.Id);
                }
            }
            else if (!mirrors.IsMirrored(spec) && replicas.LeftOf(spec) is { } left)
            {
                var (lost, isRecovered) = await replicas.RecoverAsync(spec, left, inUse, cancellationToken);
                Publish(lost);
                return isRecovered;
            }

            var action = VolumePlan.Next(spec, mirrors.SizeOf(spec), inUse);
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

            if (!await TakeAsync(action, spec, cancellationToken))
            {
                return false;
            }

            var settled = spec.Presence is Presence.Absent
                || await mirrors.SettleAsync(spec, inUse, cancellationToken)
                & ((mirrors.IsMirrored(spec) && replicas.IsWanted(spec)) || await replicas.SettleAsync(spec, inUse, cancellationToken));
            var size = mirrors.SizeOf(spec);
            var status = new VolumeStatus(spec.Id, size is null ? VolumeState.Gone : VolumeState.Ready, size is { } bytes ? (int)(bytes >> 30) : spec.SizeGiB);
            Publish(size is null ? status : mirrors.WithCopies(status, spec, inUse));
            return settled;
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            logger.VolumeFailed(exception, spec.Id);
            Publish(new VolumeStatus(spec.Id, VolumeState.Failed, spec.SizeGiB, exception.Message));
            return false;
        }
    }

    /// <returns>Whether it is taken; else it is to be taken again.</returns>
    private async Task<bool> TakeAsync(VolumeAction action, VolumeSpec spec, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case VolumeAction.Miss:
                throw new IOException(store.LossOf(spec.Id));
            case VolumeAction.Create when VolumeStore.IsCopied(spec):
                if (!await copies.IsDoneAsync(spec.Id, token => store.CreateAsync(spec, null, token)))
                {
                    return false;
                }

                await mirrors.BeginAsync(spec, cancellationToken);
                return true;
            case VolumeAction.Create:
                await store.CreateAsync(spec, await keptFor(spec, cancellationToken), cancellationToken);
                await mirrors.BeginAsync(spec, cancellationToken);
                return true;
            case VolumeAction.Grow:
                await mirrors.GrowAsync(spec, cancellationToken);
                return true;
            case VolumeAction.Delete:
                store.Delete(spec.Id);
                Volatile.Write(ref _collects, true);
                return true;
            default:
                return true;
        }
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
