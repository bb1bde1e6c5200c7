using Nines.Control.Services.Ec2.Snapshots;
using Nines.Host.Api;
using Observed = Nines.Host.Api.SnapshotState;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;

namespace Nines.Control.Tests.Services.Ec2.Snapshots;

public sealed class SnapshotPlanTests
{
    [Theory]
    [InlineData(SnapshotState.Pending, Observed.Ready, SnapshotState.Completed)]
    [InlineData(SnapshotState.Pending, Observed.Failed, SnapshotState.Error)]
    [InlineData(SnapshotState.Completed, Observed.Ready, SnapshotState.Completed)]
    [InlineData(SnapshotState.Completed, Observed.Failed, SnapshotState.Error)]
    [InlineData(SnapshotState.Error, Observed.Ready, SnapshotState.Completed)]
    [InlineData(SnapshotState.Completed, Observed.Gone, SnapshotState.Completed)]
    [InlineData(SnapshotState.Deleting, Observed.Ready, SnapshotState.Deleting)]
    [InlineData(SnapshotState.Deleting, Observed.Gone, null)]
    internal void What_a_host_sees_becomes_the_state(SnapshotState state, Observed observed, SnapshotState? expected)
    {
        var snapshot = new Snapshot { AccountId = "123456789012", Id = "snap-1", VolumeId = "vol-1", SizeGiB = 8, State = state };

        var next = SnapshotPlan.Observe(snapshot, new SnapshotStatus("snap-1", observed, 8));

        (next?.State).ShouldBe(expected);
        (next is null).ShouldBe(expected is null);
        ReferenceEquals(next, snapshot).ShouldBe(state == expected);
    }
}
