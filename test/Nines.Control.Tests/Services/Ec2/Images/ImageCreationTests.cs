using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Tests.Services.Ec2.Instances;
using Image = Nines.Control.Services.Ec2.Images.Image;
using ImageState = Nines.Control.Services.Ec2.Images.ImageState;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Tests.Services.Ec2.Images;

public sealed class ImageCreationTests : IAsyncLifetime
{
    private const string Nothing = "i-00000000000000000";
    private ImageFixture _images = null!;

    public async ValueTask InitializeAsync() => _images = await ImageFixture.CreateAsync(hosts: 2);

    public ValueTask DisposeAsync() => _images.DisposeAsync();

    [Fact]
    public async Task An_image_is_of_all_disks_at_one_moment_and_is_launched_where_they_lie()
    {
        var image = await _images.MadeAsync("web 1", request => request with
        {
            Description = "of a server",
            TagSpecifications = [Tags("image", "of", "web"), Tags("snapshot", "of", "disk")],
        });

        var seen = (await _images.SeenAsync(image.Id))!;
        seen.ShouldSatisfyAllConditions(
            () => seen.State.ShouldBe("available"),
            () => seen.Name.ShouldBe("web 1"),
            () => seen.Description.ShouldBe("of a server"),
            () => seen.Public.ShouldBe(false),
            () => seen.SourceImageId.ShouldBe(ComputeFixture.ImageId),
            () => seen.SourceInstanceId.ShouldBe(image.SourceInstanceId),
            () => seen.Tags!.Single().ShouldBe(new Tag { Key = "of", Value = "web" }),
            () => seen.BlockDeviceMappings!.Select(disk => (disk.DeviceName, disk.Ebs!.VolumeSize, disk.Ebs.DeleteOnTermination)).ShouldBe([("/dev/xvda", 2, true), ("/dev/sdf", 3, true)]));
        var snapshots = seen.BlockDeviceMappings!.Select(disk => _images.FindSnapshot(disk.Ebs!.SnapshotId!)!).ToArray();
        var source = _images.Compute.Cloud.Find(Instance.Table, ComputeFixture.Account, image.SourceInstanceId!)!;
        snapshots.ShouldAllBe(snapshot => snapshot.SetId == image.Id && snapshot.Moment!.VmId == source.Id && snapshot.Moment.RebootGeneration == 1 && snapshot.Tags["of"] == "disk");
        source.RebootGeneration.ShouldBe(1);

        var launched = await _images.Compute.RunningAsync(input => input with { ImageId = image.Id });
        launched.ShouldSatisfyAllConditions(
            () => launched.HostId.ShouldBe(source.HostId),
            () => launched.ImageId.ShouldBe(image.Id),
            () => launched.ImageDigest.ShouldBe(source.ImageDigest, "the same kernel or firmware starts it"),
            () => launched.FastLaunchOwner.ShouldBeNull("what its guest does with its second disk as it boots would come before that disk does"));
        launched.VolumeIds.Select(id => _images.Compute.Cloud.Find(Volume.Table, ComputeFixture.Account, id)!).ShouldAllBe(volume => volume.StartsAsSnapshot);
    }

    [Fact]
    public async Task An_image_of_an_image_is_started_as_the_first()
    {
        var first = await _images.MadeAsync("first");
        var launched = await _images.Compute.RunningAsync(input => input with { ImageId = first.Id });
        var second = await _images.AvailableAsync((await _images.CallAsync(Ec2Api.CreateImage, new() { InstanceId = launched.Id, Name = "second", NoReboot = true })).ImageId!);

        (second.Digest, second.SourceImageId).ShouldBe((first.Digest, first.Id));
        second.Mappings.Select(disk => _images.FindSnapshot(disk.SnapshotId!)!.BootDigest).ShouldBe([first.Digest, null]);
        _images.FindSnapshot(second.Mappings[0].SnapshotId!)!.Moment.ShouldBeNull();
        _images.Compute.Cloud.Find(Instance.Table, ComputeFixture.Account, launched.Id)!.RebootGeneration.ShouldBe(0);
    }

    [Fact]
    public async Task A_copy_is_kept_by_its_own_disk_and_an_encrypted_one_by_none()
    {
        var image = await _images.MadeAsync("first", request => request with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", NoDevice = "" }] });
        (image.HasGate, image.GateSnapshotId).ShouldBe((true, image.RootSnapshotId));
        (await _images.Compute.RunningAsync(input => input with { ImageId = image.Id })).FastLaunchOwner.ShouldBe(ComputeFixture.Account, "what is kept of its disk is nobody else's");
        var copy = await CopyAsync("copy", encrypted: null);
        (copy.HasGate, copy.GateSnapshotId).ShouldBe((true, copy.RootSnapshotId));
        copy.GateSnapshotId.ShouldNotBe(image.GateSnapshotId);
        var locked = await CopyAsync("locked", encrypted: true);
        (locked.HasGate, locked.GateSnapshotId).ShouldBe((false, null), "what was read of it would lie in a file");

        var registered = (await _images.CallAsync(
            Ec2Api.RegisterImage,
            new() { Name = "registered", RootDeviceName = "/dev/xvda", BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new() { SnapshotId = image.RootSnapshotId } }] })).ImageId!;
        (await _images.AvailableAsync(registered)).GateSnapshotId.ShouldBe(image.RootSnapshotId);

        async Task<Image> CopyAsync(string name, bool? encrypted) => await _images.AvailableAsync(
            (await _images.CallAsync(Ec2Api.CopyImage, new() { SourceImageId = image.Id, SourceRegion = "us-east-1", Name = name, Encrypted = encrypted })).ImageId!);
    }

    [Fact]
    public async Task Disks_are_left_out_changed_and_added()
    {
        var kept = await _images.MadeAsync("kept");
        var snapshot = kept.Mappings[1].SnapshotId!;
        var image = await _images.MadeAsync("changed", request => request with
        {
            BlockDeviceMappings =
            [
                new() { DeviceName = "/dev/xvda", Ebs = new() { DeleteOnTermination = false, VolumeSize = 5, VolumeType = "io1", Iops = 200 } },
                new() { DeviceName = "/dev/sdf", NoDevice = "" },
                new() { DeviceName = "/dev/sdg", Ebs = new() { VolumeSize = 7 } },
                new() { DeviceName = "/dev/sdb", VirtualName = "ephemeral0" },
            ],
        });

        image.Disks.Select(disk => (disk.DeviceName, disk.SizeGiB, disk.VolumeType, disk.Iops, disk.DeleteOnTermination, disk.SnapshotId is null))
            .ShouldBe([("/dev/xvda", 5, "io1", 200, false, false), ("/dev/sdg", 7, "gp2", null, true, true)]);
        image.RootVolumeSizeGiB.ShouldBe(5);
        _images.FindSnapshot(snapshot).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_EC2s_words_and_changes_nothing()
    {
        var image = await _images.MadeAsync("taken");
        var instance = image.SourceInstanceId!;
        var revision = _images.Compute.Cloud.Revision;

        (await RefusedAsync(new() { Name = "x-y" })).ShouldBe("MissingParameter");
        (await RefusedAsync(new() { InstanceId = instance })).ShouldBe("MissingParameter");
        (await RefusedAsync(new() { InstanceId = "web", Name = "x-y" })).ShouldBe("InvalidInstanceID.Malformed");
        (await RefusedAsync(new() { InstanceId = Nothing, Name = "x-y" })).ShouldBe("InvalidInstanceID.NotFound");
        (await RefusedAsync(new() { InstanceId = instance, Name = "ab" })).ShouldBe("InvalidAMIName.Malformed");
        (await RefusedAsync(new() { InstanceId = instance, Name = "what?" })).ShouldBe("InvalidAMIName.Malformed");
        (await RefusedAsync(new() { InstanceId = instance, Name = new string('n', 129) })).ShouldBe("InvalidAMIName.Malformed");
        (await RefusedAsync(new() { InstanceId = instance, Name = "taken" })).ShouldBe("InvalidAMIName.Duplicate");
        (await RefusedAsync(new() { InstanceId = instance, Name = "tiny" })).ShouldBe("InvalidAMIName.Duplicate", "an image in the image store has it");
        (await RefusedAsync(new() { InstanceId = instance, Name = "x-y", DryRun = true })).ShouldBe("DryRunOperation");
        (await RefusedAsync(new() { InstanceId = instance, Name = "x-y", BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", NoDevice = "" }] })).ShouldBe("InvalidBlockDeviceMapping");
        (await RefusedAsync(new() { InstanceId = instance, Name = "x-y", BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { VolumeSize = 1 } }] })).ShouldBe("InvalidBlockDeviceMapping");
        (await RefusedAsync(new() { InstanceId = instance, Name = "x-y", TagSpecifications = [Tags("volume", "a", "b")] })).ShouldBe("InvalidParameterValue");
        _images.Compute.Cloud.Revision.ShouldBe(revision);

        await _images.CallAsync(Ec2Api.TerminateInstances, new() { InstanceIds = [instance] });
        (await RefusedAsync(new() { InstanceId = instance, Name = "x-y" })).ShouldBe("IncorrectInstanceState");
    }

    [Fact]
    public async Task A_stopped_instance_is_not_started_for_its_image()
    {
        var instance = await _images.Compute.RunningAsync();
        await _images.CallAsync(Ec2Api.StopInstances, new() { InstanceIds = [instance.Id] });
        await _images.Compute.UntilAsync(instance.Id, InstanceState.Stopped);

        var image = await _images.AvailableAsync((await _images.CallAsync(Ec2Api.CreateImage, new() { InstanceId = instance.Id, Name = "of a stopped one" })).ImageId!);

        _images.FindSnapshot(image.Mappings[0].SnapshotId!)!.Moment.ShouldBeNull();
        _images.Compute.Cloud.Find(Instance.Table, ComputeFixture.Account, instance.Id)!.RebootGeneration.ShouldBe(instance.RebootGeneration);
    }

    [Fact]
    public async Task Of_two_images_that_want_a_name_at_once_one_has_it()
    {
        var instance = await _images.Compute.RunningAsync();
        var calls = Enumerable.Range(0, 8).Select(_ => Task.Run(() => _images.CallAsync(Ec2Api.CreateImage, new() { InstanceId = instance.Id, Name = "only one", NoReboot = true }))).ToArray();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);

        calls.Count(call => call.IsCompletedSuccessfully).ShouldBe(1);
        _images.Compute.Cloud.List(Image.Table, ComputeFixture.Account).Count(image => image.Name == "only one").ShouldBe(1);
    }

    [Fact]
    public void An_image_fails_with_its_first_snapshot_that_cannot_be_taken()
    {
        var image = new Image
        {
            AccountId = "a", Id = "ami-1", Name = "n", Digest = "d", Architecture = "x86_64", RootDeviceName = "/dev/xvda", RootVolumeSizeGiB = 1, CreationDate = default, State = ImageState.Pending,
            Mappings = [Disk("/dev/xvda", "snap-1"), Disk("/dev/sdf", "snap-2"), Disk("/dev/sdg", null)],
        };
        var done = new Control.Services.Ec2.Snapshots.Snapshot { AccountId = "a", Id = "snap-1", VolumeId = "vol-1", SizeGiB = 1, State = Control.Services.Ec2.Snapshots.SnapshotState.Completed };
        var pending = done with { State = Control.Services.Ec2.Snapshots.SnapshotState.Pending };
        var failed = done with { State = Control.Services.Ec2.Snapshots.SnapshotState.Error, StateMessage = "the disk is full" };

        ImagePlan.Observe(image, id => id == "snap-1" ? done : pending).ShouldBeSameAs(image);
        ImagePlan.Observe(image, _ => done).State.ShouldBe(ImageState.Available);
        ImagePlan.Observe(image, id => id == "snap-1" ? pending : failed).ShouldSatisfyAllConditions(next => next.State.ShouldBe(ImageState.Failed), next => next.StateMessage.ShouldBe("the disk is full"));
        ImagePlan.Observe(image, id => id == "snap-1" ? done : null).StateMessage.ShouldBe("The snapshot snap-2 was deleted.");
        var available = image with { State = ImageState.Available };
        ImagePlan.Observe(available, _ => failed).ShouldBeSameAs(available, "it was taken");

        static ImageMapping Disk(string device, string? snapshot) => new() { DeviceName = device, SnapshotId = snapshot, SizeGiB = 1, VolumeType = "gp3" };
    }

    private Task<string> RefusedAsync(CreateImageRequest request) => _images.RefusedAsync(Ec2Api.CreateImage, request);

    private static TagSpecification Tags(string type, string key, string value) => new() { ResourceType = type, Tags = [new Tag { Key = key, Value = value }] };
}
