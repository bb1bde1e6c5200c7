using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.RootVolumes;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Tests.Services.Ec2.RootVolumes;

public sealed class RootReplacementTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_running_instance_gets_its_launch_state_and_keeps_address_and_data_volume()
    {
        var before = await _cloud.RunningAsync(request => request with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { VolumeSize = 1 } }] });
        var task = await ReplaceAsync(new() { InstanceId = before.Id, TagSpecifications = [new() { ResourceType = "replace-root-volume-task", Tags = [new() { Key = "Why", Value = "broken" }] }] });
        task.TaskState.ShouldBe("pending");
        var done = await UntilDoneAsync(task.ReplaceRootVolumeTaskId!);
        (done.State, done.CompleteTime is not null, done.Tags["Why"]).ShouldBe((RootReplacementState.Succeeded, true, "broken"));
        var after = _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, before.Id)!;
        after.VolumeIds.ShouldBe([done.NewVolumeId, before.VolumeIds[1]]);
        (after.State, after.PrivateIpAddress, after.BootGeneration, after.LaunchTime).ShouldBe((InstanceState.Running, before.PrivateIpAddress, 2, before.LaunchTime));
        var (old, root) = (VolumeOf(before.VolumeIds[0])!, VolumeOf(done.NewVolumeId)!);
        (old.State, old.Attachment).ShouldBe((Control.Services.Ec2.Volumes.VolumeState.Available, null));
        (root.SnapshotId, root.ImageDigest, root.SizeGiB, root.Attachment!.DeviceName).ShouldBe((old.SnapshotId, old.ImageDigest, old.SizeGiB, "/dev/xvda"));
        root.Attachment.DeleteOnTermination.ShouldBeTrue();
    }

    [Fact]
    public async Task A_snapshot_of_a_former_root_will_do_and_no_other()
    {
        var before = await _cloud.RunningAsync(request => request with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { VolumeSize = 3 } }] });
        var snapshot = await SnapshotAsync(before.VolumeIds[0]);
        var data = await SnapshotAsync(before.VolumeIds[1]);
        (await RefusalOf(new() { InstanceId = before.Id, SnapshotId = data })).ShouldBe("InvalidParameterValue");
        var first = await UntilDoneAsync((await ReplaceAsync(new() { InstanceId = before.Id, SnapshotId = snapshot, DeleteReplacedRootVolume = true })).ReplaceRootVolumeTaskId!);
        first.State.ShouldBe(RootReplacementState.Succeeded);
        VolumeOf(first.NewVolumeId)!.SnapshotId.ShouldBe(snapshot);
        await _cloud.Cloud.WaitAsync(Volume.Table, ComputeFixture.Account, first.OldVolumeId, volume => volume is null, Cancel);

        // Its launch state is now that snapshot, and the snapshot is still of its lineage.
        var second = await UntilDoneAsync((await ReplaceAsync(new() { InstanceId = before.Id })).ReplaceRootVolumeTaskId!);
        (second.State, VolumeOf(second.NewVolumeId)!.StartsAsSnapshot, second.SnapshotId).ShouldBe((RootReplacementState.Succeeded, true, snapshot));
        (await UntilDoneAsync((await ReplaceAsync(new() { InstanceId = before.Id, SnapshotId = snapshot })).ReplaceRootVolumeTaskId!)).State.ShouldBe(RootReplacementState.Succeeded);
        var told = (await _cloud.CallAsync(Ec2Api.DescribeReplaceRootVolumeTasks, new DescribeReplaceRootVolumeTasksRequest { Filters = [new() { Name = "instance-id", Values = [before.Id] }] })).ReplaceRootVolumeTasks!;
        told.Count.ShouldBe(3);
        told.ShouldAllBe(task => task.TaskState == "succeeded" && task.CompleteTime != null);
    }

    [Fact]
    public async Task An_image_of_the_same_kind_will_do()
    {
        var before = await _cloud.RunningAsync();
        var image = (await _cloud.CallAsync(Ec2Api.CreateImage, new CreateImageRequest { InstanceId = before.Id, Name = "kept", NoReboot = true })).ImageId!;
        await _cloud.Cloud.WaitAsync(Control.Services.Ec2.Images.Image.Table, ComputeFixture.Account, image, known => known?.State == Control.Services.Ec2.Images.ImageState.Available, Cancel);
        (await RefusalOf(new() { InstanceId = before.Id, ImageId = image, SnapshotId = "snap-0123456789abcdef0" })).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(new() { InstanceId = before.Id, ImageId = "ami-00000000000000001" })).ShouldBe("InvalidAMIID.NotFound");
        var done = await UntilDoneAsync((await ReplaceAsync(new() { InstanceId = before.Id, ImageId = image })).ReplaceRootVolumeTaskId!);
        (done.State, done.ImageId).ShouldBe((RootReplacementState.Succeeded, image));
        VolumeOf(done.NewVolumeId)!.StartsAsSnapshot.ShouldBeTrue();
    }

    [Fact]
    public async Task What_does_not_run_is_refused_and_a_repeat_is_the_same_task()
    {
        (await RefusalOf(new())).ShouldBe("MissingParameter");
        (await RefusalOf(new() { InstanceId = "i-0123456789abcdef0" })).ShouldBe("InvalidInstanceID.NotFound");
        var instance = await _cloud.RunningAsync();
        (await RefusalOf(new() { InstanceId = instance.Id, DryRun = true })).ShouldBe("DryRunOperation");
        var request = new CreateReplaceRootVolumeTaskRequest { InstanceId = instance.Id, ClientToken = "once" };
        var id = (await ReplaceAsync(request)).ReplaceRootVolumeTaskId!;
        (await ReplaceAsync(request)).ReplaceRootVolumeTaskId.ShouldBe(id);
        (await RefusalOf(request with { DeleteReplacedRootVolume = true })).ShouldBe("IdempotentParameterMismatch");
        await UntilDoneAsync(id);
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        (await RefusalOf(new() { InstanceId = instance.Id })).ShouldBe("IncorrectInstanceState");
    }

    [Fact]
    public async Task A_server_that_is_stopped_on_the_way_starts_from_the_new_volume()
    {
        var before = await _cloud.RunningAsync();
        var task = await ReplaceAsync(new() { InstanceId = before.Id });
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [before.Id], Force = true });
        await _cloud.UntilAsync(before.Id, InstanceState.Stopped);
        var done = await UntilDoneAsync(task.ReplaceRootVolumeTaskId!);
        done.State.ShouldBe(RootReplacementState.Succeeded);
        await _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [before.Id] });
        (await _cloud.UntilAsync(before.Id, InstanceState.Running)).VolumeIds.ShouldBe([done.NewVolumeId]);
    }

    [Fact]
    public void One_that_cannot_start_has_its_old_volume_again()
    {
        var task = new RootReplacement { AccountId = "1", Id = "replacevol-1", InstanceId = "i-1", OldVolumeId = "vol-1", NewVolumeId = "vol-2", OldImageDigest = "old", StartTime = default };
        var instance = RootReplacementPlan.Begin(SampleInstance.In(InstanceState.Running) with { Id = "i-1", VolumeIds = ["vol-1", "vol-3"] }, "vol-2", "new");
        instance.VolumeIds.ShouldBe(["vol-2", "vol-3", "vol-1"]);
        instance = instance with { State = InstanceState.Stopped, StateReason = Control.Services.Ec2.Instances.StateReason.LaunchFailed(null) };
        RootReplacementPlan.Observe(task, instance, Old("i-1")).ShouldBe(RootReplacementState.Failed);
        RootReplacementPlan.Observe(task, instance, Old("i-9")).ShouldBe(RootReplacementState.FailedDetached);
        RootReplacementPlan.Observe(task, instance, null).ShouldBe(RootReplacementState.FailedDetached);
        var undone = RootReplacementPlan.Undo(task, instance, hasOld: true);
        (undone.ImageDigest, string.Join(' ', undone.VolumeIds)).ShouldBe(("old", "vol-1 vol-3"));

        static Volume Old(string instanceId) => new()
        {
            AccountId = "1", Id = "vol-1", SizeGiB = 1, VolumeType = "gp3", Zone = "us-east-1a", State = Control.Services.Ec2.Volumes.VolumeState.InUse,
            Attachment = new(instanceId, "/dev/xvda", true, default),
        };
    }

    private Volume? VolumeOf(string id) => _cloud.Cloud.Find(Volume.Table, ComputeFixture.Account, id);

    private async Task<ReplaceRootVolumeTask> ReplaceAsync(CreateReplaceRootVolumeTaskRequest request) => (await _cloud.CallAsync(Ec2Api.CreateReplaceRootVolumeTask, request)).ReplaceRootVolumeTask!;

    private async Task<string> RefusalOf(CreateReplaceRootVolumeTaskRequest request) => (await Should.ThrowAsync<AwsException>(() => ReplaceAsync(request))).Code;

    private async Task<RootReplacement> UntilDoneAsync(string id) =>
        (await _cloud.Cloud.WaitAsync(RootReplacement.Table, ComputeFixture.Account, id, task => task is { State: not RootReplacementState.InProgress }, Cancel))!;

    private async Task<string> SnapshotAsync(string volumeId)
    {
        var id = (await _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = volumeId })).SnapshotId!;
        await _cloud.Cloud.WaitAsync(Control.Services.Ec2.Snapshots.Snapshot.Table, ComputeFixture.Account, id, snapshot => snapshot?.State == Control.Services.Ec2.Snapshots.SnapshotState.Completed, Cancel);
        return id;
    }
}
