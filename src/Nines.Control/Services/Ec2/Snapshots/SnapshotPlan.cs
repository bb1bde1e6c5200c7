using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>What a host's observation makes of a snapshot: pure.</summary>
internal static class SnapshotPlan
{
    /// <summary>The snapshot as it becomes; the same object when nothing changes, <see langword="null"/> when it is gone for good.</summary>
    public static Snapshot? Observe(Snapshot snapshot, SnapshotStatus observed) => (snapshot.State, observed.State) switch
    {
        (SnapshotState.Deleting, Host.Api.SnapshotState.Gone) => null,
        (SnapshotState.Pending or SnapshotState.Error, Host.Api.SnapshotState.Ready) => snapshot with { State = SnapshotState.Completed, StateMessage = null },
        (SnapshotState.Pending or SnapshotState.Completed, Host.Api.SnapshotState.Failed) => snapshot with { State = SnapshotState.Error, StateMessage = observed.Message },
        _ => snapshot,
    };
}
