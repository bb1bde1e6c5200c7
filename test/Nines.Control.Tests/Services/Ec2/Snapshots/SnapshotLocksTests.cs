using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Tests.Services.Ec2.Images;
using LockState = Nines.Api.Ec2.LockState;

namespace Nines.Control.Tests.Services.Ec2.Snapshots;

public sealed class SnapshotLocksTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private ImageFixture _cloud = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _cloud = await ImageFixture.CreateAsync();
        var instance = await _cloud.Compute.RunningAsync();
        _id = (await _cloud.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = instance.VolumeIds[0] })).SnapshotId!;
        await _cloud.CompletedAsync(_id);
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_snapshot_that_is_locked_stays_until_its_owner_unlocks_it()
    {
        var locked = await _cloud.CallAsync(Ec2Api.LockSnapshot, new() { SnapshotId = _id, LockMode = "governance", LockDuration = 3 });
        locked.LockState.ShouldBe(LockState.Governance);
        (locked.LockExpiresOn - locked.LockCreatedOn).ShouldBe(TimeSpan.FromDays(3));
        (await DeletionAsync()).ShouldBe("OperationNotPermitted");
        (await DescribeAsync()).Single().ShouldSatisfyAllConditions(told => told.SnapshotId.ShouldBe(_id), told => told.LockState.ShouldBe(LockState.Governance));
        (await DescribeAsync(LockState.Compliance)).ShouldBeEmpty();

        await _cloud.CallAsync(Ec2Api.UnlockSnapshot, new() { SnapshotId = _id });
        (await DescribeAsync()).ShouldBeEmpty();
        (await _cloud.RefusedAsync(Ec2Api.UnlockSnapshot, new() { SnapshotId = _id })).ShouldBe("IncorrectState");
        await _cloud.CallAsync(Ec2Api.DeleteSnapshot, new() { SnapshotId = _id });
    }

    [Fact]
    public async Task A_compliance_lock_is_for_good_and_can_only_be_made_longer()
    {
        await LockAsync(days: 5);
        (await _cloud.RefusedAsync(Ec2Api.UnlockSnapshot, new() { SnapshotId = _id })).ShouldBe("OperationNotPermitted");
        (await _cloud.RefusedAsync(Ec2Api.LockSnapshot, new() { SnapshotId = _id, LockMode = "compliance", LockDuration = 4 })).ShouldBe("OperationNotPermitted");
        (await _cloud.RefusedAsync(Ec2Api.LockSnapshot, new() { SnapshotId = _id, LockMode = "governance", LockDuration = 9 })).ShouldBe("OperationNotPermitted");
        await LockAsync(days: 6);
        (await DescribeAsync()).Single().LockDuration.ShouldBe(6);
        (await DeletionAsync()).ShouldBe("OperationNotPermitted");
    }

    [Fact]
    public async Task A_compliance_lock_is_lifted_while_it_cools_off()
    {
        (await _cloud.CallAsync(Ec2Api.LockSnapshot, new() { SnapshotId = _id, LockMode = "compliance", LockDuration = 5, CoolOffPeriod = 2 })).LockState.ShouldBe(LockState.ComplianceCooloff);
        await _cloud.CallAsync(Ec2Api.UnlockSnapshot, new() { SnapshotId = _id });
    }

    [Fact]
    public async Task An_image_that_goes_leaves_its_locked_snapshots()
    {
        var image = (await _cloud.CallAsync(Ec2Api.CreateImage, new() { InstanceId = (await _cloud.Compute.RunningAsync()).Id, Name = "locked" })).ImageId!;
        var snapshot = (await _cloud.AvailableAsync(image)).Mappings[0].SnapshotId!;
        await _cloud.CallAsync(Ec2Api.LockSnapshot, new() { SnapshotId = snapshot, LockMode = "governance", LockDuration = 1 });
        (await _cloud.CallAsync(Ec2Api.DeregisterImage, new() { ImageId = image, DeleteAssociatedSnapshots = true })).DeleteSnapshotResults!.Single().ReturnCode.ShouldBe("client-error");
        _cloud.FindSnapshot(snapshot).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("governance", null, null, "InvalidParameterCombination")]
    [InlineData("governance", 0, null, "InvalidParameterValue")]
    [InlineData("governance", 36501, null, "InvalidParameterValue")]
    [InlineData("governance", 1, 1, "InvalidParameterCombination")]
    [InlineData("compliance", 1, 73, "InvalidParameterValue")]
    [InlineData("forever", 1, null, "InvalidParameterValue")]
    [InlineData(null, 1, null, "MissingParameter")]
    public async Task A_lock_that_makes_no_sense_is_refused(string? mode, int? days, int? hours, string code) =>
        (await _cloud.RefusedAsync(Ec2Api.LockSnapshot, new() { SnapshotId = _id, LockMode = mode, LockDuration = days, CoolOffPeriod = hours })).ShouldBe(code);

    [Fact]
    public void A_lock_goes_through_its_states_with_time()
    {
        var held = new SnapshotLock("compliance", s_start, s_start, 2, s_start.AddDays(2), 1);
        held.StateAt(s_start).ShouldBe(LockState.ComplianceCooloff);
        held.CanBeLifted(s_start).ShouldBeTrue();
        held.StateAt(s_start.AddHours(1)).ShouldBe(LockState.Compliance);
        held.CanBeLifted(s_start.AddHours(1)).ShouldBeFalse();
        held.StateAt(s_start.AddDays(2)).ShouldBe(LockState.Expired);
        held.Holds(s_start.AddDays(2)).ShouldBeFalse();
        held.CanBeLifted(s_start.AddDays(2)).ShouldBeTrue();
    }

    private Task LockAsync(int days) => _cloud.CallAsync(Ec2Api.LockSnapshot, new() { SnapshotId = _id, LockMode = "compliance", LockDuration = days });

    private Task<string> DeletionAsync() => _cloud.RefusedAsync(Ec2Api.DeleteSnapshot, new() { SnapshotId = _id });

    private async Task<IReadOnlyList<LockedSnapshotsInfo>> DescribeAsync(string? state = null) =>
        (await _cloud.CallAsync(Ec2Api.DescribeLockedSnapshots, new() { Filters = state is null ? null : [new Filter { Name = "lock-state", Values = [state] }] })).Snapshots!;
}
