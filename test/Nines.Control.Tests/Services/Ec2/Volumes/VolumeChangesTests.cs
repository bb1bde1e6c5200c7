using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Tests.Services.Ec2.Volumes;

public sealed class VolumeChangesTests : IAsyncLifetime
{
    private const string Zone = "us-east-1a";
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_new_volume_lies_on_no_host_and_goes_at_once()
    {
        var made = await CreateAsync();

        made.State.ShouldBe("creating");
        Find(made.VolumeId!)!.ShouldSatisfyAllConditions(
            volume => volume.State.ShouldBe(VolumeState.Available),
            volume => volume.HostId.ShouldBeNull());
        await _cloud.CallAsync(Ec2Api.DeleteVolume, new DeleteVolumeRequest { VolumeId = made.VolumeId });
        Find(made.VolumeId!).ShouldBeNull();
    }

    [Fact]
    public async Task Whoever_enables_the_reads_and_writes_of_a_lost_volume_accepts_its_copy()
    {
        var id = (await CreateAsync()).VolumeId!;
        var moment = DateTimeOffset.UnixEpoch.AddDays(1);
        await _cloud.Cloud.WriteAsync(
            transaction => transaction.Put(Volume.Table, Find(id)! with { Loss = new VolumeLoss(moment, moment.AddMinutes(1), IsAccepted: false) }), CancellationToken.None);
        var status = await _cloud.CallAsync(Ec2Api.DescribeVolumeStatus, new DescribeVolumeStatusRequest { Filters = [new() { Name = "action.code", Values = ["enable-volume-io"] }] });
        status.VolumeStatuses!.ShouldHaveSingleItem().VolumeId.ShouldBe(id);

        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.EnableVolumeIO, new EnableVolumeIORequest { VolumeId = id, DryRun = true }))).ShouldBe("DryRunOperation");
        Find(id)!.Loss!.IsAccepted.ShouldBeFalse();
        await _cloud.CallAsync(Ec2Api.EnableVolumeIO, new EnableVolumeIORequest { VolumeId = id });

        Find(id)!.Loss!.IsAccepted.ShouldBeTrue();
        await _cloud.CallAsync(Ec2Api.EnableVolumeIO, new EnableVolumeIORequest { VolumeId = id });
        status = await _cloud.CallAsync(Ec2Api.DescribeVolumeStatus, new DescribeVolumeStatusRequest { VolumeIds = [id] });
        status.VolumeStatuses![0].Actions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_token_makes_one_volume()
    {
        var request = new CreateVolumeRequest { AvailabilityZone = Zone, Size = 1, ClientToken = "once" };
        var first = await _cloud.CallAsync(Ec2Api.CreateVolume, request);
        (await _cloud.CallAsync(Ec2Api.CreateVolume, request)).VolumeId.ShouldBe(first.VolumeId);
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.CreateVolume, request with { Size = 2 }))).ShouldBe("IdempotentParameterMismatch");

        await _cloud.CallAsync(Ec2Api.DeleteVolume, new DeleteVolumeRequest { VolumeId = first.VolumeId });
        (await _cloud.CallAsync(Ec2Api.CreateVolume, request with { Size = 2 })).VolumeId.ShouldNotBe(first.VolumeId);
    }

    [Fact]
    public async Task A_client_token_is_free_again_when_its_volume_goes_with_its_server()
    {
        var instance = await InZoneAsync();
        var request = new CreateVolumeRequest { AvailabilityZone = Zone, Size = 1, ClientToken = "once" };
        var id = (await _cloud.CallAsync(Ec2Api.CreateVolume, request)).VolumeId!;
        await AttachAsync(id, instance.Id);
        await UntilAsync(id, volume => volume is { Attachment.State: Control.Services.Ec2.Volumes.VolumeAttachmentState.Attached });
        await _cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest
        {
            InstanceId = instance.Id, BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { DeleteOnTermination = true } }],
        });
        await _cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _cloud.Cloud.WaitAsync(Volume.Table, ComputeFixture.Account, id, volume => volume is null, deadline.Token);

        (await _cloud.CallAsync(Ec2Api.CreateVolume, request)).VolumeId.ShouldNotBe(id);
    }

    [Fact]
    public async Task A_server_that_runs_gets_a_volume_and_gives_it_back()
    {
        var instance = await InZoneAsync();
        var id = (await CreateAsync()).VolumeId!;

        (await AttachAsync(id, instance.Id)).State.ShouldBe("attaching");
        var attached = await UntilAsync(id, volume => volume is { Ready: true, Attachment.State: Control.Services.Ec2.Volumes.VolumeAttachmentState.Attached });
        attached.HostId.ShouldBe(instance.HostId);
        (await _cloud.DescribeAsync(instance.Id)).BlockDeviceMappings!.Select(disk => (disk.DeviceName, disk.Ebs!.Status))
            .ShouldBe([("/dev/xvda", "attached"), ("/dev/sdf", "attached")]);

        (await _cloud.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = id })).State.ShouldBe("detaching");
        (await UntilAsync(id, volume => volume.Attachment is null)).State.ShouldBe(VolumeState.Available);
        _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, instance.Id)!.VolumeIds.ShouldNotContain(id);
    }

    [Fact]
    public async Task A_server_that_is_stopped_has_it_at_once_and_at_its_next_start()
    {
        var instance = await InZoneAsync();
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        var id = (await CreateAsync()).VolumeId!;

        await AttachAsync(id, instance.Id);
        Find(id)!.Attachment!.State.ShouldBe(Control.Services.Ec2.Volumes.VolumeAttachmentState.Attached);
        await _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Running);
        (await _cloud.Hosts[0].ReportAsync(0, TimeSpan.Zero, TestContext.Current.CancellationToken)).Vms.Single().Disks.Contains(id).ShouldBeTrue();

        await _cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });
        (await UntilAsync(id, volume => volume.Attachment is null)).State.ShouldBe(VolumeState.Available, "a volume that was attached by hand outlives its server");
    }

    [Fact]
    public async Task A_volume_grows_under_its_server()
    {
        var instance = await InZoneAsync();
        var root = instance.VolumeIds[0];
        var size = Find(root)!.SizeGiB;

        var answer = await _cloud.CallAsync(Ec2Api.ModifyVolume, new ModifyVolumeRequest { VolumeId = root, Size = size + 5, VolumeType = "gp3", Throughput = 250 });
        answer.VolumeModification!.ModificationState.ShouldBe("modifying");
        await UntilAsync(root, volume => volume.Modification is { EndTime: not null });

        var told = await _cloud.CallAsync(Ec2Api.DescribeVolumesModifications, new DescribeVolumesModificationsRequest { VolumeIds = [root] });
        told.VolumesModifications!.Single().ShouldSatisfyAllConditions(
            modification => modification.ModificationState.ShouldBe("completed"),
            modification => modification.OriginalSize.ShouldBe(size),
            modification => modification.TargetSize.ShouldBe(size + 5),
            modification => modification.TargetIops.ShouldBe(3000),
            modification => modification.TargetThroughput.ShouldBe(250));
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.ModifyVolume, new ModifyVolumeRequest { VolumeId = root, Size = size }))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_root_that_was_repaired_elsewhere_is_the_root_again()
    {
        var (broken, rescuer) = (await InZoneAsync(), await InZoneAsync());
        var (root, data) = (broken.VolumeIds[0], (await CreateAsync()).VolumeId!);
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [broken.Id] });
        await _cloud.UntilAsync(broken.Id, InstanceState.Stopped);
        await AttachAsync(data, broken.Id);

        await _cloud.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = root });
        var refusal = await Should.ThrowAsync<AwsException>(() => StartAsync(broken.Id));
        (refusal.Code, refusal.Message).ShouldBe(("InvalidParameterValue", $"Invalid value '{broken.Id}' for instanceId. Instance does not have a volume attached at root (/dev/xvda)"));
        await AttachAsync(root, rescuer.Id);
        await UntilAsync(root, volume => volume is { Attachment.State: Control.Services.Ec2.Volumes.VolumeAttachmentState.Attached });
        await _cloud.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = root });
        await UntilAsync(root, volume => volume.Attachment is null);
        await AttachAsync(root, broken.Id, "/dev/xvda");

        _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, broken.Id)!.VolumeIds.ShouldBe([root, data], "a machine boots from its first disk");
        await StartAsync(broken.Id);
        await _cloud.UntilAsync(broken.Id, InstanceState.Running);
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = root }))).ShouldBe("OperationNotPermitted");
        await _cloud.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = data });
    }

    private Task<StartInstancesResult> StartAsync(string id) => _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [id] });

    [Fact]
    public async Task What_cannot_be_is_refused_in_EC2s_words()
    {
        var instance = await InZoneAsync();
        var root = instance.VolumeIds[0];
        var elsewhere = (await _cloud.CallAsync(Ec2Api.CreateVolume, new CreateVolumeRequest { AvailabilityZone = Other(instance.Zone), Size = 1 })).VolumeId!;
        var id = (await CreateAsync()).VolumeId!;

        (await RefusedAsync(() => CreateAsync("us-east-1z"))).ShouldBe("InvalidZone.NotFound");
        (await RefusedAsync(() => AttachAsync(elsewhere, instance.Id))).ShouldBe("InvalidVolume.ZoneMismatch");
        (await RefusedAsync(() => AttachAsync(root, instance.Id))).ShouldBe("VolumeInUse");
        (await RefusedAsync(() => AttachAsync(id, instance.Id, "/dev/xvda"))).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(() => AttachAsync(id, instance.Id, "nonsense"))).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = id }))).ShouldBe("IncorrectState");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = root }))).ShouldBe("OperationNotPermitted");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DeleteVolume, new DeleteVolumeRequest { VolumeId = root }))).ShouldBe("VolumeInUse");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DeleteVolume, new DeleteVolumeRequest { VolumeId = "vol-00000000000000000" }))).ShouldBe("InvalidVolume.NotFound");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DescribeVolumesModifications, new DescribeVolumesModificationsRequest { VolumeIds = [id] })))
            .ShouldBe("InvalidVolumeModification.NotFound");
    }

    [Fact]
    public async Task A_server_that_runs_takes_as_many_as_it_has_ports_for()
    {
        var instance = await InZoneAsync();
        for (var number = 0; number < VolumeAttachmentChanges.MostPlugged; number++)
        {
            await AttachAsync((await CreateAsync()).VolumeId!, instance.Id, $"/dev/sd{(char)('f' + number)}");
        }

        var one = (await CreateAsync()).VolumeId!;
        (await RefusedAsync(() => AttachAsync(one, instance.Id, "/dev/sdz"))).ShouldBe("AttachmentLimitExceeded");
    }

    private static string Other(string zone) => zone.EndsWith('a') ? "us-east-1b" : "us-east-1a";

    private async Task<Instance> InZoneAsync() => await _cloud.RunningAsync(input => input with { Placement = new Placement { AvailabilityZone = Zone } });

    private Task<CreateVolumeResult> CreateAsync(string zone = Zone) =>
        _cloud.CallAsync(Ec2Api.CreateVolume, new CreateVolumeRequest { AvailabilityZone = zone, Size = 1 });

    private Task<AttachVolumeResult> AttachAsync(string volumeId, string instanceId, string device = "/dev/sdf") =>
        _cloud.CallAsync(Ec2Api.AttachVolume, new AttachVolumeRequest { VolumeId = volumeId, InstanceId = instanceId, Device = device });

    private Volume? Find(string id) => _cloud.Cloud.Find(Volume.Table, ComputeFixture.Account, id);

    private async Task<Volume> UntilAsync(string id, Func<Volume, bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return (await _cloud.Cloud.WaitAsync(Volume.Table, ComputeFixture.Account, id, volume => volume is not null && condition(volume), deadline.Token))!;
    }

    private static async Task<string> RefusedAsync(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
