using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Reports;

/// <summary>
/// The newest observation of everything on a host, in the order of their change, so that a reader gets what changed since
/// its last report at the cost of the change and not of the whole.
/// </summary>
/// <param name="firstSequence">Where the numbers begin: at least 1, and greater than any number that an earlier log of this host gave out.</param>
/// <param name="time">For the wait of a report.</param>
internal sealed class ObservationLog(long firstSequence, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Observation> _inOrder = new();
    private readonly Dictionary<(ObservationKind Kind, string Id), LinkedListNode<Observation>> _byKey = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Readers that know less than this get everything.</summary>
    private long _firstSequence = firstSequence;
    private long _sequence = firstSequence;

    /// <param name="status">What is observed of a machine.</param>
    /// <param name="again">Tells readers of it even when it is as it was: it answers a new wish.</param>
    public void Publish(VmStatus status, bool again = false) => Publish(ObservationKind.Vm, status.Id, status, again);

    public void Publish(VolumeStatus status) => Publish(ObservationKind.Volume, status.Id, status);

    public void Publish(SnapshotStatus status) => Publish(ObservationKind.Snapshot, status.Id, status);

    public void Publish(TransferStatus status) => Publish(ObservationKind.Transfer, status.Id, status);

    public void Publish(VpcStatus status) => Publish(ObservationKind.Vpc, status.Id, status);

    public void Publish(FastLaunchStatus status) =>
        Publish(ObservationKind.FastLaunch, FastLaunchId(status.ImageDigest, status.Owner, status.InstanceType, status.SnapshotId), status);

    /// <summary>Drops what is no longer asked for; readers are not told.</summary>
    public void Forget(FastLaunchSpec spec) => Forget(ObservationKind.FastLaunch, FastLaunchId(spec.ImageDigest, spec.Owner, spec.InstanceType, spec.SnapshotId));

    /// <summary>Drops what nobody needs to hear again; readers are not told.</summary>
    public void Forget(ObservationKind kind, string id)
    {
        lock (_lock)
        {
            if (_byKey.Remove((kind, id), out var node))
            {
                _inOrder.Remove(node);
            }
        }
    }

    /// <summary>Drops everything; every reader gets a full report next.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _inOrder.Clear();
            _byKey.Clear();
            _firstSequence = ++_sequence;
            Wake();
        }
    }

    /// <summary>What changed after a number, once there is something; empty after <paramref name="wait"/>.</summary>
    public async Task<HostReport> ReadAsync(
        long afterSequence, TimeSpan wait, Func<long> acceptedGeneration, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var left = wait - time.GetElapsedTime(started);
                if (afterSequence != _sequence || left <= TimeSpan.Zero)
                {
                    return Read(afterSequence, acceptedGeneration());
                }

                changed = _changed.Task;
                wait = left;
                started = time.GetTimestamp();
            }

            try
            {
                await changed.WaitAsync(wait, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Nothing new: the empty report says so.
            }
        }
    }

    private HostReport Read(long afterSequence, long acceptedGeneration)
    {
        var full = afterSequence < _firstSequence || afterSequence > _sequence;
        var vms = ImmutableArray.CreateBuilder<VmStatus>();
        var volumes = ImmutableArray.CreateBuilder<VolumeStatus>();
        var snapshots = ImmutableArray.CreateBuilder<SnapshotStatus>();
        var transfers = ImmutableArray.CreateBuilder<TransferStatus>();
        var vpcs = ImmutableArray.CreateBuilder<VpcStatus>();
        var fastLaunches = ImmutableArray.CreateBuilder<FastLaunchStatus>();
        for (var node = _inOrder.Last; node is not null && (full || node.Value.Sequence > afterSequence); node = node.Previous)
        {
            switch (node.Value.Status)
            {
                case VmStatus vm:
                    vms.Add(vm);
                    break;
                case VolumeStatus volume:
                    volumes.Add(volume);
                    break;
                case SnapshotStatus snapshot:
                    snapshots.Add(snapshot);
                    break;
                case TransferStatus transfer:
                    transfers.Add(transfer);
                    break;
                case VpcStatus vpc:
                    vpcs.Add(vpc);
                    break;
                case FastLaunchStatus fastLaunch:
                    fastLaunches.Add(fastLaunch);
                    break;
            }
        }

        return new HostReport
        {
            Sequence = _sequence,
            Full = full,
            AcceptedGeneration = acceptedGeneration,
            Vms = vms.DrainToImmutable(),
            Volumes = volumes.DrainToImmutable(),
            Snapshots = snapshots.DrainToImmutable(),
            Transfers = transfers.DrainToImmutable(),
            Vpcs = vpcs.DrainToImmutable(),
            FastLaunches = fastLaunches.DrainToImmutable(),
        };
    }

    private static string FastLaunchId(string imageDigest, string owner, string instanceType, string? snapshotId) => $"{owner}/{instanceType}/{imageDigest}/{snapshotId}";

    private void Publish(ObservationKind kind, string id, object status, bool again = false)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue((kind, id), out var node))
            {
                if (!again && node.Value.Status.Equals(status))
                {
                    return;
                }

                _inOrder.Remove(node);
                node.Value = new Observation(++_sequence, status);
                _inOrder.AddLast(node);
            }
            else
            {
                _byKey[(kind, id)] = _inOrder.AddLast(new Observation(++_sequence, status));
            }

            Wake();
        }
    }

    private void Wake()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly record struct Observation(long Sequence, object Status);
}
