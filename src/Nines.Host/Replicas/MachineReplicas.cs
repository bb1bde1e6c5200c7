using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;
using Nines.Host.Volumes;

namespace Nines.Host.Replicas;

/// <summary>
/// Keeps the asynchronous copies of a running machine's volumes behind it by no more than a while: now and then, and only when something was written, one moment of a disk
/// is copied in the background. Nothing waits for it but who is about to change or close the disk, and that one ends it.
/// </summary>
/// <param name="interval">From one moment to the next.</param>
internal sealed class MachineReplicas(
    ReplicaStore replicas, ReplicaCopier copier, ReplicaSockets sockets, Func<string, bool> isMirrored, TimeSpan interval, TimeProvider time, ILogger logger)
{
    /// <summary>A disk that failed is not likely to be mended at once.</summary>
    private static readonly TimeSpan s_tryAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>How long whoever stops a machine or takes a disk away waits for the last moment to be copied.</summary>
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _due = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DiskKey?> _followed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _clear = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _last = new(StringComparer.Ordinal);

    /// <summary>Takes the copies a round nearer to what they shall be. Costs nothing while none is due.</summary>
    /// <returns>Whether one is due sooner than a machine is looked at that nothing happens to.</returns>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task<bool> ReconcileAsync(QemuMachine machine, VolumeIds disks, Func<string, VolumeReadiness> volumes, CancellationToken cancellationToken)
    {
        foreach (var id in _followed.Keys.Where(id => !disks.Contains(id)).ToList())
        {
            _followed.TryRemove(id, out _);
        }

        foreach (var id in disks.All.Where(id => !isMirrored(id)))
        {
            var volume = volumes(id);
            if (volume is { IsReplicated: true, Key: not { Secret: null } })
            {
                _clear.TryRemove(id, out _);
                _followed[id] = volume.Key;
                await FollowAsync(await machine.MonitorAsync(cancellationToken), id, volume.Key, cancellationToken);
            }
            else if (!volume.IsReplicated && !_clear.ContainsKey(id))
            {
                var monitor = await machine.MonitorAsync(cancellationToken);
                if (_followed.ContainsKey(id) || ReplicaNodes.AreOn(await MachineDisks.NodesAsync(monitor, cancellationToken), id))
                {
                    await EndAsync(monitor, id, closesAside: true, cancellationToken);
                    await ReplicaNodes.ForgetAsync(monitor, id, null, cancellationToken);
                }

                _followed.TryRemove(id, out _);
                _due.TryRemove(id, out _);
                _clear[id] = true;
            }
        }

        return interval < s_tryAgainAfter && !_followed.IsEmpty;
    }

    /// <summary>Looks whether volumes were written to since their copies' moments.</summary>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    /// <returns>Those that were not.</returns>
    public async Task<VolumeIds?> LookAsync(QmpClient monitor, CancellationToken cancellationToken)
    {
        if (_followed.IsEmpty)
        {
            return VolumeIds.None;
        }

        var nodes = await MachineDisks.NodesAsync(monitor, cancellationToken);
        return VolumeIds.Of([.. _followed.Keys.Where(id => Look(nodes, id))]);
    }

    /// <summary>Whether a copy of a volume is kept in this life of the agent.</summary>
    public bool IsFollowed(string volumeId) => _followed.ContainsKey(volumeId);

    /// <summary>Ends what is being copied of a disk, and takes off what was put over it; the notes of what was written stay.</summary>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task EndAsync(QmpClient monitor, string volumeId, bool closesAside, CancellationToken cancellationToken)
    {
        if (_running.TryRemove(volumeId, out var running) && !await running.EndAsync(time))
        {
            _running[volumeId] = running;
            throw new QmpException(BlockExportDel.Name, $"what copies {volumeId} does not end: the second disk does not answer");
        }

        await copier.ClearAsync(monitor, volumeId, closesAside, cancellationToken);
    }

    /// <summary>Copies the last moment of a disk that nobody writes to any more, if that takes no long time.</summary>
    /// <returns>The moment whose disk it is; <see langword="null"/> when it is no copy's.</returns>
    public async Task<long?> FinishAsync(QmpClient monitor, string volumeId, CancellationToken cancellationToken)
    {
        try
        {
            if (_running.TryRemove(volumeId, out var running) && !await running.EndAsync(time))
            {
                _running[volumeId] = running;
                return null;
            }

            // Without notes all would have to be copied: that is done when the disk is closed.
            if (!_followed.TryGetValue(volumeId, out var key) || replicas.ProgressOf(volumeId) is not { At: { } at, Error: null }
                || ReplicaNodes.WrittenSince(await MachineDisks.NodesAsync(monitor, cancellationToken), volumeId, at) is not { } written)
            {
                return null;
            }

            if (written == 0)
            {
                return at;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stop.CancelAfter(s_last);
            var copied = await Task.Run(() => copier.CopyAsync(monitor, sockets, volumeId, key, isQuiet: true, stop.Token), CancellationToken.None).WaitAsync(s_last * 2, time, cancellationToken);
            return copied ?? at;
        }
        catch (Exception exception) when (IsFailure(exception) || exception is TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            logger.ReplicaNotMade(volumeId, exception.Message);
            return null;
        }
    }

    /// <summary>Stops a machine's processors for good and copies the last moments of its disks, as far as that takes no long time.</summary>
    /// <returns>The volumes whose copies are as they are now.</returns>
    public async Task<VolumeIds?> FinishAllAsync(QmpClient monitor, DiskLocks locks, CancellationToken cancellationToken)
    {
        if (_followed.IsEmpty)
        {
            return VolumeIds.None;
        }

        try
        {
            using var held = await locks.AcquireAsync(_followed.Keys, cancellationToken);
            await monitor.ExecuteAsync(new Stop(), cancellationToken);
            foreach (var id in _followed.Keys)
            {
                if (await FinishAsync(monitor, id, cancellationToken) is { } at)
                {
                    _last[id] = at;
                }
            }
        }
        catch (QmpException exception)
        {
            // No reason not to stop the machine.
            logger.ReplicaNotMade(string.Join(", ", _followed.Keys), exception.Message);
        }

        return VolumeIds.Of([.. _last.Keys]);
    }

    /// <summary>The machine's process is gone, and what it had open is closed.</summary>
    /// <param name="isWritten">Whether it wrote out everything and wrote nothing after its last moments.</param>
    public async Task ReleaseAsync(IEnumerable<string> volumeIds, bool isWritten)
    {
        await StopAsync();
        foreach (var id in volumeIds)
        {
            try
            {
                await replicas.CloseAsync(id, isWritten && _last.TryGetValue(id, out var at) ? at : null);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The first disk does not take the note: all will be copied again.
                logger.ReplicaNotMade(id, exception.Message);
            }
        }

        _last.Clear();
        _followed.Clear();
        _due.Clear();
        _clear.Clear();
    }

    /// <summary>Lets go of the machine, which lives on: nothing is copied any more.</summary>
    public async Task StopAsync()
    {
        foreach (var id in _running.Keys)
        {
            if (_running.TryRemove(id, out var running))
            {
                await running.EndAsync(time);
            }
        }
    }

    private async Task FollowAsync(QmpClient monitor, string id, DiskKey? key, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(id, out var running))
        {
            if (!running.Copying.IsCompleted)
            {
                return;
            }

            _running.TryRemove(id, out _);
            _due[id] = After(await CollectAsync(id, running) ? interval - running.Since(time) : interval > s_tryAgainAfter ? interval : s_tryAgainAfter);
        }

        if (_due.TryGetValue(id, out var due) && time.GetTimestamp() < due)
        {
            return;
        }

        if (replicas.ProgressOf(id).At is not null && Look(await MachineDisks.NodesAsync(monitor, cancellationToken), id))
        {
            _due[id] = After(interval);
            return;
        }

        var stop = new CancellationTokenSource();
        _running[id] = new Running(stop, Task.Run(() => copier.CopyAsync(monitor, sockets, id, key, isQuiet: false, stop.Token)), time.GetTimestamp());
    }

    /// <returns>Whether nothing was written since the copy's moment.</returns>
    private bool Look(IReadOnlyDictionary<string, BlockNode> nodes, string id)
    {
        if (replicas.ProgressOf(id).At is not { } at || ReplicaNodes.WrittenSince(nodes, id, at) != 0)
        {
            return false;
        }

        replicas.NoteCurrent(id, at);
        return true;
    }

    /// <returns>Whether it came to something.</returns>
    private async Task<bool> CollectAsync(string id, Running ended)
    {
        ended.Stop.Dispose();
        try
        {
            if (await ended.Copying is { } at)
            {
                logger.ReplicaMade(id, DateTimeOffset.FromUnixTimeMilliseconds(at), ended.Since(time).TotalSeconds);
            }

            return true;
        }
        catch (Exception exception) when (IsFailure(exception) || exception is OperationCanceledException)
        {
            // It is tried again and again; that it fails as it did before is no news.
            if (replicas.ProgressOf(id).Error != exception.Message)
            {
                logger.ReplicaNotMade(id, exception.Message);
            }

            replicas.Note(id, before => before with { Percent = null, Error = exception.Message });
            return false;
        }
    }

    private static bool IsFailure(Exception exception) =>
        exception is QmpException or HostCommandException or IOException or UnauthorizedAccessException or InvalidDataException or System.Net.Sockets.SocketException or System.Text.Json.JsonException;

    private long After(TimeSpan wait) => time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);

    private sealed record Running(CancellationTokenSource Stop, Task<long?> Copying, long Begun)
    {
        public TimeSpan Since(TimeProvider time) => time.GetElapsedTime(Begun);

        /// <returns>Whether it has ended: one that waits for a disk which does not answer cannot be ended, and nobody waits with it.</returns>
        public async Task<bool> EndAsync(TimeProvider time)
        {
            await Stop.CancelAsync();
            try
            {
                await Copying.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).WaitAsync(s_last, time);
            }
            catch (TimeoutException)
            {
                return false;
            }

            Stop.Dispose();
            return true;
        }
    }
}
