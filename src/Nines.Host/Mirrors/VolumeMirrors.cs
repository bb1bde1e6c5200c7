using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Processes;
using Nines.Host.Volumes;

namespace Nines.Host.Mirrors;

/// <summary>Gives disks their second copies and makes lost ones anew, while no machine has them open, and says how the copies of each disk stand.</summary>
internal sealed class VolumeMirrors(MirrorStore mirrors, VolumeStore store, DiskLocks locks, DiskCopies copies, ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> _failed = new(StringComparer.Ordinal);

    /// <summary>A mirrored disk is as large as its good copies, and there as long as one of them is.</summary>
    public long? SizeOf(VolumeSpec spec) => mirrors.StateOf(spec.Id) is null || spec.Presence is Presence.Absent ? store.SizeOf(spec.Id) : mirrors.SizeOf(spec.Id);

    /// <summary>Makes a disk larger that no machine has open. Of a mirrored one it is the first copy, if that is good; the second is made anew from it.</summary>
    public async Task GrowAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        if (mirrors.StateOf(spec.Id) is null)
        {
            await store.GrowAsync(spec, cancellationToken);
            return;
        }

        using var held = await locks.AcquireAsync([spec.Id], cancellationToken);
        if (mirrors.IsOpen(spec.Id) || !mirrors.Readable(spec.Id).Contains(MirrorCopy.First))
        {
            // It gets its first copy back first.
            return;
        }

        await mirrors.AbandonAsync(spec.Id);
        await mirrors.DropAsync(spec.Id, MirrorCopy.Second);
        await store.GrowAsync(spec, cancellationToken);
    }

    /// <summary>Whether what is remembered of a disk says that it has, or had, two copies.</summary>
    public bool IsMirrored(VolumeSpec spec) => mirrors.StateOf(spec.Id) is not null;

    private bool IsWanted(VolumeSpec spec) => spec.Replication is VolumeReplication.Synchronous && mirrors.IsOffered;

    /// <summary>A disk that was just made, and that nobody has open yet, is mirrored from its first opening on; one that is empty has both copies at once.</summary>
    public async Task BeginAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        if (!IsWanted(spec))
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
    public async Task<bool> SettleAsync(VolumeSpec spec, bool inUse, CancellationToken cancellationToken)
    {
        var isWanted = IsWanted(spec);
        if (inUse || (!isWanted && mirrors.StateOf(spec.Id) is null) || IsWhole(spec.Id) && isWanted)
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
        else if (!isWanted && mirrors.Readable(spec.Id).Contains(MirrorCopy.First))
        {
            await mirrors.RemoveAsync(spec.Id, livesOn: true);
            return true;
        }

        return mirrors.IsOffered && await RebuildAsync(spec, cancellationToken);
    }

    private bool IsWhole(string volumeId) => mirrors.StateOf(volumeId) is MirrorState.Clean && mirrors.Readable(volumeId).Count == 2;

    /// <summary>
    /// Makes one copy of the other. After a machine that ended without a word both are as good, so while one cannot be read to its end the other is tried,
    /// and neither is given up before there is a whole one in its place.
    /// </summary>
    private async Task<bool> RebuildAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        var readable = mirrors.Readable(spec.Id);
        if (readable.Count == 0 || spec.Key is { Secret: null })
        {
            return true;
        }

        var good = readable.Count == 2 && _failed.ContainsKey(spec.Id) ? MirrorCopy.Second : readable[0];
        var lost = good is MirrorCopy.First ? MirrorCopy.Second : MirrorCopy.First;
        try
        {
            if (!await copies.IsDoneAsync(MirrorStore.CopyIdOf(spec.Id), token => DuplicateAsync(spec, good, lost, token)))
            {
                return false;
            }

            mirrors.Keep(spec.Id, lost);
            await mirrors.RebuiltAsync(spec.Id, isOpen: false);
            _failed.TryRemove(spec.Id, out _);
            return true;
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException)
        {
            // It is tried again and again; that it fails as it did before is no news.
            if (!_failed.TryGetValue(spec.Id, out var before) || before != exception.Message)
            {
                logger.MirrorCopyNotRebuilt(spec.Id, lost, exception.Message);
            }

            _failed[spec.Id] = exception.Message;
            return false;
        }
    }

    private async Task DuplicateAsync(VolumeSpec spec, MirrorCopy good, MirrorCopy lost, CancellationToken cancellationToken)
    {
        mirrors.PlaceOf(spec.Id, lost);
        OrphanedConversions.End(mirrors.DraftOf(spec.Id, lost)!);
        await store.DuplicateAsync(mirrors.PathOf(spec.Id, good), mirrors.DraftOf(spec.Id, lost)!, spec.Key, mirrors.SizeOf(spec.Id), cancellationToken);
    }

    /// <summary>A disk's status, with how its copies stand.</summary>
    public VolumeStatus WithCopies(VolumeStatus status, VolumeSpec spec, bool inUse)
    {
        var state = mirrors.StateOf(spec.Id);
        if (state is null)
        {
            return spec.Replication is not VolumeReplication.Synchronous || !mirrors.IsOffered
                ? status
                : status with { Redundancy = VolumeRedundancy.Degraded, Message = "It gets its second copy once it is detached, or its server is stopped." };
        }

        if (!IsWanted(spec) && state is MirrorState.FirstOnly && spec.Replication is not VolumeReplication.Synchronous)
        {
            return status;
        }

        if (IsWhole(spec.Id) || (state is MirrorState.Open && inUse))
        {
            return status with { Redundancy = VolumeRedundancy.Whole };
        }

        return mirrors.RebuiltOf(spec.Id) is { } percent
            ? status with { Redundancy = VolumeRedundancy.Rebuilding, RebuiltPercent = percent }
            : status with { Redundancy = VolumeRedundancy.Degraded, Message = state is MirrorState.SecondOnly ? "Its first copy is lost." : "Its second copy is lost, or not made yet." };
    }

    /// <summary>Removes the second copy of a disk that is to go, unless a machine has it open.</summary>
    public async Task RemoveAsync(VolumeSpec spec, bool inUse)
    {
        if (!inUse && mirrors.StateOf(spec.Id) is not null)
        {
            await mirrors.RemoveAsync(spec.Id, livesOn: false);
        }
    }
}
