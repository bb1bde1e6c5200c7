using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Processes;
using Nines.Host.Volumes;

namespace Nines.Host.Replicas;

/// <summary>Copies volumes to the second disk while no machine has them open, and makes a volume of its copy whose own disk is lost, once that is accepted.</summary>
internal sealed class VolumeReplicas(HostOptions options, ReplicaStore replicas, VolumeStore store, DiskLocks locks, DiskCopies copies, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> _failed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _gone = new(StringComparer.Ordinal);

    /// <summary>Whether a volume shall have a copy, and can.</summary>
    public bool IsWanted(VolumeSpec spec) => spec is { Replication: VolumeReplication.Asynchronous, Presence: Presence.Present } && replicas.IsOffered;

    /// <summary>
    /// The copy that is left of a volume whose own disk is not there or cannot be read; <see langword="null"/> when that is there, or it is still to be made. A volume with a copy
    /// was made once, so it is never made anew.
    /// </summary>
    /// <exception cref="IOException">It was made, and nothing of it can be read.</exception>
    public Replica? LeftOf(VolumeSpec spec)
    {
        try
        {
            if (spec.Presence is Presence.Absent || store.SizeOf(spec.Id) is not null)
            {
                return null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return replicas.Find(spec.Id) ?? throw new IOException(exception.Message, exception);
        }

        try
        {
            return replicas.Find(spec.Id)
                ?? (spec is { IsMade: true, Replication: VolumeReplication.Asynchronous } ? throw new IOException($"The disk of {spec.Id} is lost, and its copy too, or the second disk is not there.") : null);
        }
        catch (IOException) when (!spec.IsMade)
        {
            // One that is new has no copy yet.
            return null;
        }
    }

    /// <summary>Makes a lost volume of its copy, if that is accepted and no machine has what is left of it open.</summary>
    /// <returns>How it stands, and whether nothing is left to do.</returns>
    public async Task<(VolumeStatus Status, bool IsSettled)> RecoverAsync(VolumeSpec spec, Replica left, bool inUse, CancellationToken cancellationToken)
    {
        var status = new VolumeStatus(spec.Id, VolumeState.Lost, spec.SizeGiB, $"The disk of {spec.Id} is lost. There is a copy of {left.Moment:u}, which lacks what was written later; EnableVolumeIO accepts it.")
        {
            CopyOf = left.Moment,
        };
        if (spec.AcceptedCopy != left.Moment || inUse || spec.Key is { Secret: null })
        {
            return (status, false);
        }

        try
        {
            if (!await copies.IsDoneAsync(RecoveryIdOf(spec.Id), token => RestoreAsync(spec, left, token)))
            {
                return (status with { Message = $"{spec.Id} is being made of its copy of {left.Moment:u}." }, false);
            }

            logger.ReplicaAccepted(spec.Id, left.Moment);
            return (new VolumeStatus(spec.Id, VolumeState.Ready, spec.SizeGiB), true);
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException)
        {
            Tell(spec.Id, exception);
            return (status with { Message = $"{spec.Id} cannot be made of its copy of {left.Moment:u} yet: {exception.Message}" }, false);
        }
    }

    /// <summary>Copies a volume that no machine has open, or removes a copy that shall not be any more.</summary>
    /// <returns>Whether nothing is left to do here; what a machine has open its own reconciler takes care of.</returns>
    public async Task<bool> SettleAsync(VolumeSpec spec, bool inUse, CancellationToken cancellationToken)
    {
        if (!IsWanted(spec))
        {
            return await RemoveAsync(spec.Id);
        }

        _gone.TryRemove(spec.Id, out _);
        if (inUse)
        {
            return true;
        }

        using var held = await locks.AcquireAsync([spec.Id], cancellationToken);
        if (replicas.IsOpen(spec.Id) || spec.Key is { Secret: null })
        {
            return true;
        }

        try
        {
            if (replicas.Find(spec.Id) is { Change: null, At: var at } && replicas.InStepOf(spec.Id) == at)
            {
                replicas.NoteCurrent(spec.Id, at);
                return true;
            }

            // Whoever opens the volume gives this up, so what is done is the volume as it is.
            if (!await copies.IsDoneAsync(ReplicaStore.CopyIdOf(spec.Id), token => CopyAsync(spec, token)) || replicas.Find(spec.Id) is not { } made)
            {
                return false;
            }

            await replicas.NoteInStepAsync(spec.Id, made.At);
            _failed.TryRemove(spec.Id, out _);
            return true;
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException)
        {
            Tell(spec.Id, exception);
            replicas.Note(spec.Id, before => before with { Percent = null, Error = exception.Message });
            return false;
        }
    }

    /// <summary>Removes a volume's copy.</summary>
    /// <returns>Whether there is none any more.</returns>
    public async Task<bool> RemoveAsync(string volumeId)
    {
        if (_gone.ContainsKey(volumeId))
        {
            return true;
        }

        if (replicas.IsBeingMade(volumeId))
        {
            // Its machine is about to hear that it shall have none.
            return false;
        }

        await copies.AbandonAsync(RecoveryIdOf(volumeId));
        try
        {
            if (replicas.HasAny(volumeId))
            {
                await replicas.RemoveAsync(volumeId);
            }

            _gone[volumeId] = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The second disk is away: what lies there is nobody's, and no other volume has its name.
            Tell(volumeId, exception);
        }

        return true;
    }

    /// <summary>How a volume's copy stands; <see langword="null"/> when it shall have none.</summary>
    public ReplicaUsage? UsageOf(VolumeSpec spec)
    {
        if (spec.Replication is not VolumeReplication.Asynchronous || spec.Presence is Presence.Absent)
        {
            return null;
        }

        if (!replicas.IsOffered)
        {
            return new ReplicaUsage(spec.Id) { Message = "This host has no second disk (--mirror)." };
        }

        var progress = replicas.ProgressOf(spec.Id);
        if (progress.At is { } known && replicas.InStepOf(spec.Id) == known)
        {
            // Nobody has it open.
            progress = progress with { CurrentUntil = time.GetUtcNow() };
        }

        return new ReplicaUsage(spec.Id)
        {
            CopyOf = progress.At is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
            LagSeconds = progress.LagAt(time.GetUtcNow())?.TotalSeconds,
            Percent = progress.Percent,
            Message = progress.Error,
        };
    }

    private static string RecoveryIdOf(string volumeId) => volumeId + "/recovery";

    /// <summary>All of a volume, of the moment at which this begins: nobody writes to it.</summary>
    private async Task CopyAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        var before = await replicas.SettleAsync(spec.Id, spec.Key, cancellationToken);
        if (before is not null && replicas.InStepOf(spec.Id) == before.At)
        {
            return;
        }

        var at = replicas.NextMoment(before);
        var draft = await replicas.MakeDraftAsync(spec.Id, at, spec.Key, store.SizeOf(spec.Id) ?? throw new IOException($"The disk of {spec.Id} is not there."), cancellationToken);
        await store.FillAsync(DiskKeys.ImageOf(VolumeFiles.PathOf(options, spec.Id), spec.Key), spec.Key, draft, spec.Key, cancellationToken);
        replicas.Keep(draft, spec.Id, at, null);
        await replicas.SettleAsync(spec.Id, spec.Key, cancellationToken);
    }

    private async Task RestoreAsync(VolumeSpec spec, Replica left, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(VolumeFiles.DirectoryOf(options), FileModes.Passable);
        var path = VolumeFiles.PathOf(options, spec.Id);
        OrphanedConversions.End(path + ".next");
        await store.MakeEmptyAsync(path + ".next", spec.Key, replicas.SizeOf(left), cancellationToken);
        await store.FillAsync(replicas.ImageOf(left, spec.Key), spec.Key, path + ".next", spec.Key, cancellationToken);
        File.Move(path + ".next", path, overwrite: true);
        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
        await replicas.NoteInStepAsync(spec.Id, left.At);
        _failed.TryRemove(spec.Id, out _);
    }

    /// <summary>It is tried again and again; that it fails as it did before is no news.</summary>
    private void Tell(string volumeId, Exception exception)
    {
        if (!_failed.TryGetValue(volumeId, out var before) || before != exception.Message)
        {
            logger.ReplicaNotMade(volumeId, exception.Message);
        }

        _failed[volumeId] = exception.Message;
    }
}
