using System.Text;
using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Tests.Services.Ec2.Images;

public sealed class ImageChangesTests : IAsyncLifetime
{
    private ImageFixture _images = null!;

    public async ValueTask InitializeAsync() => _images = await ImageFixture.CreateAsync(hosts: 2);

    public ValueTask DisposeAsync() => _images.DisposeAsync();

    [Fact]
    public async Task A_snapshot_of_a_root_disk_is_registered_and_launched()
    {
        var snapshot = await RootSnapshotAsync();

        var id = (await _images.CallAsync(Ec2Api.RegisterImage, Register(snapshot) with
        {
            Description = "by hand",
            EnaSupport = true,
            Architecture = "x86_64",
            VirtualizationType = "hvm",
            TagSpecifications = [new() { ResourceType = "image", Tags = [new Tag { Key = "of", Value = "hand" }] }],
        })).ImageId!;

        var seen = (await _images.SeenAsync(id))!;
        (seen.State, seen.Architecture, seen.RootDeviceName, seen.EnaSupport, seen.Description).ShouldBe(("available", "x86_64", "/dev/sda1", true, "by hand"));
        var launched = await _images.Compute.RunningAsync(input => input with { ImageId = id });
        launched.HostId.ShouldBe(_images.FindSnapshot(snapshot)!.HostId);
        (await _images.RefusedAsync(Ec2Api.DeleteSnapshot, new() { SnapshotId = snapshot })).ShouldBe("InvalidSnapshot.InUse");
        (await _images.RefusedAsync(Ec2Api.RegisterImage, Register(snapshot))).ShouldBe("InvalidAMIName.Duplicate");
        await _images.CallAsync(Ec2Api.DeregisterImage, new() { ImageId = id });
        (await _images.CallAsync(Ec2Api.RegisterImage, Register(snapshot))).ImageId.ShouldNotBe(id, "the name is free again");
    }

    [Fact]
    public async Task What_cannot_be_registered_is_refused()
    {
        var snapshot = await RootSnapshotAsync();
        var data = (await _images.MadeAsync("with data")).Mappings[1].SnapshotId!;
        (await RefusedAsync(Register(snapshot) with { Name = null })).ShouldBe("MissingParameter");
        (await RefusedAsync(Register(snapshot) with { Name = "no*" })).ShouldBe("InvalidAMIName.Malformed");
        (await RefusedAsync(Register(snapshot) with { RootDeviceName = "/dev/xvda" })).ShouldBe("InvalidBlockDeviceMapping");
        (await RefusedAsync(Register("snap-00000000000000000"))).ShouldBe("InvalidSnapshot.NotFound");
        (await RefusedAsync(Register("snap-0123456789abcdef0"))).ShouldBe("AuthFailure", "an image's own snapshot is not the account's");
        (await RefusedAsync(Register(data))).ShouldBe("UnsupportedOperation", "nothing starts a disk that was empty once");
        (await RefusedAsync(Register(snapshot) with { Architecture = "arm64" })).ShouldBe("UnsupportedOperation");
        (await RefusedAsync(Register(snapshot) with { VirtualizationType = "paravirtual" })).ShouldBe("UnsupportedOperation");
        (await RefusedAsync(Register(snapshot) with { BootMode = "floppy" })).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(Register(snapshot) with { BootMode = "uefi" })).ShouldBe("UnsupportedOperation", "its kernel is loaded by the hypervisor");
        (await RefusedAsync(Register(snapshot) with { ImageLocation = "bucket/image.manifest.xml" })).ShouldBe("UnsupportedOperation");
        (await RefusedAsync(Register(snapshot) with { DryRun = true })).ShouldBe("DryRunOperation");
    }

    [Fact]
    public async Task A_TPM_is_for_images_that_firmware_starts_and_types_that_have_one()
    {
        var legacy = await _images.Compute.RunningAsync();
        var snapshot = await RootSnapshotAsync();
        var cloud = _images.Compute.Cloud;
        await cloud.WriteAsync(
            transaction =>
            {
                var stored = transaction.ListAll(Image.Table).Single(image => image.IsStored);
                transaction.Put(Image.Table, stored with { BootMode = "uefi" });
            },
            CancellationToken.None);
        var wanted = Register(snapshot) with { BootMode = "uefi", TpmSupport = "v2.0" };
        (await RefusedAsync(wanted with { TpmSupport = "v1.2" })).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(wanted with { BootMode = null })).ShouldBe("InvalidParameterCombination");

        var id = (await _images.CallAsync(Ec2Api.RegisterImage, wanted)).ImageId!;

        var seen = (await _images.SeenAsync(id, with: request => request with { Filters = [new Filter { Name = "tpm-support", Values = ["v2.0"] }] }))!;
        (seen.ImageId, seen.TpmSupport, seen.BootMode).ShouldBe((id, "v2.0", "uefi"));
        var old = await Should.ThrowAsync<AwsException>(() => _images.Compute.RunAsync(input => input with { ImageId = id, InstanceType = "t2.micro" }));
        old.Code.ShouldBe("InvalidParameterCombination");
        var instance = await _images.Compute.RunningAsync(input => input with { ImageId = id });
        instance.TpmSupport.ShouldBe("v2.0");
        var key = new GetInstanceTpmEkPubRequest { InstanceId = instance.Id, KeyType = "rsa-2048", KeyFormat = "der" };
        (await _images.CallAsync(Ec2Api.GetInstanceTpmEkPub, key)).KeyValue!.ShouldStartWith("MIIB", customMessage: "an RSA key as everybody reads them");
        (await _images.CallAsync(Ec2Api.GetInstanceTpmEkPub, key with { KeyType = "ecc-sec-p384", KeyFormat = "tpmt" })).KeyValue!.ShouldStartWith("ACMADA");
        (await _images.RefusedAsync(Ec2Api.GetInstanceTpmEkPub, key with { KeyType = "rsa-4096" })).ShouldBe("InvalidParameterValue");
        (await _images.RefusedAsync(Ec2Api.GetInstanceTpmEkPub, key with { KeyFormat = "pem" })).ShouldBe("InvalidParameterValue");
        var without = await _images.Compute.RunningAsync();
        (await _images.RefusedAsync(Ec2Api.GetInstanceTpmEkPub, key with { InstanceId = without.Id })).ShouldBe("UnsupportedOperation");

        var data = (await _images.CallAsync(Ec2Api.GetInstanceUefiData, new() { InstanceId = instance.Id })).UefiData!;
        Encoding.ASCII.GetString(Convert.FromBase64String(data), 0, 8).ShouldBe("AMZNUEFI");
        (await _images.RefusedAsync(Ec2Api.GetInstanceUefiData, new() { InstanceId = legacy.Id })).ShouldBe("UnsupportedOperation");

        var copy = await _images.AvailableAsync((await _images.CallAsync(Ec2Api.CreateImage, new() { InstanceId = instance.Id, Name = "again" })).ImageId!);
        copy.TpmSupport.ShouldBe("v2.0");
    }

    [Fact]
    public async Task An_image_goes_with_its_snapshots_but_those_that_another_needs()
    {
        var image = await _images.MadeAsync("first");
        var (root, data) = (image.Mappings[0].SnapshotId!, image.Mappings[1].SnapshotId!);
        await _images.CallAsync(Ec2Api.RegisterImage, Register(root));

        var gone = await _images.CallAsync(Ec2Api.DeregisterImage, new() { ImageId = image.Id, DeleteAssociatedSnapshots = true });

        gone.Return.ShouldBe(true);
        gone.DeleteSnapshotResults!.Select(result => (result.SnapshotId, result.ReturnCode)).ShouldBe([(root, "skipped"), (data, "success")]);
        (await _images.RefusedAsync(Ec2Api.DescribeSnapshots, new() { SnapshotIds = [data] })).ShouldBe("InvalidSnapshot.NotFound");
        (await _images.RefusedAsync(Ec2Api.DeregisterImage, new() { ImageId = image.Id })).ShouldBe("InvalidAMIID.NotFound");
        (await _images.RefusedAsync(Ec2Api.DeregisterImage, new() { ImageId = ComputeFixture.ImageId })).ShouldBe("UnsupportedOperation");
        (await _images.RefusedAsync(Ec2Api.DeregisterImage, new() { ImageId = ComputeFixture.ImageId }, ComputeFixture.OtherAccount)).ShouldBe("AuthFailure");
    }

    [Fact]
    public async Task A_copy_has_snapshots_of_its_own()
    {
        var image = await _images.MadeAsync("source", request => request with { TagSpecifications = [new() { ResourceType = "image", Tags = [new Tag { Key = "of", Value = "source" }] }] });
        var request = new CopyImageRequest { SourceImageId = image.Id, SourceRegion = "us-east-1", Name = "copy", CopyImageTags = true, ClientToken = "once" };

        var id = (await _images.CallAsync(Ec2Api.CopyImage, request)).ImageId!;

        (await _images.CallAsync(Ec2Api.CopyImage, request)).ImageId.ShouldBe(id);
        (await _images.RefusedAsync(Ec2Api.CopyImage, request with { Name = "other" })).ShouldBe("IdempotentParameterMismatch");
        var copy = await _images.AvailableAsync(id);
        copy.Tags["of"].ShouldBe("source");
        (copy.SourceImageId, copy.SourceImageRegion).ShouldBe((image.Id, "us-east-1"));
        copy.Mappings.Select(disk => _images.FindSnapshot(disk.SnapshotId!)!.CopyOf).ShouldBe(image.Mappings.Select(disk => disk.SnapshotId));
        await _images.CallAsync(Ec2Api.DeregisterImage, new() { ImageId = image.Id, DeleteAssociatedSnapshots = true });
        (await _images.Compute.RunningAsync(input => input with { ImageId = id })).ImageId.ShouldBe(id);
        (await _images.RefusedAsync(Ec2Api.CopyImage, request with { SourceImageId = id, Name = "third", ClientToken = null, SourceRegion = "eu-west-1" })).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_copy_of_an_image_in_the_image_store_is_launched_from_kept_memory_too()
    {
        var copy = await _images.AvailableAsync((await _images.CallAsync(Ec2Api.CopyImage, new() { SourceImageId = ComputeFixture.ImageId, SourceRegion = "us-east-1", Name = "mine" })).ImageId!);

        var launched = await _images.Compute.RunningAsync(input => input with { ImageId = copy.Id });

        launched.FastLaunchOwner.ShouldBe(ComputeFixture.Account);
        _images.Compute.Cloud.Find(Volume.Table, ComputeFixture.Account, launched.VolumeIds[0])!.ImageDigest.ShouldBe(copy.Digest);
    }

    [Fact]
    public async Task Another_account_launches_what_is_shared_with_it_and_copies_it_once_the_snapshots_are_shared_too()
    {
        var image = await _images.MadeAsync("shared");
        var copy = new CopyImageRequest { SourceImageId = image.Id, SourceRegion = "us-east-1", Name = "taken along" };
        (await LaunchRefusedAsync(image.Id)).ShouldBe("InvalidAMIID.NotFound");

        await ShareAsync(image.Id);

        (await _images.SeenAsync(image.Id, ComputeFixture.OtherAccount, request => request with { ExecutableUsers = ["self"] }))!.OwnerId.ShouldBe(ComputeFixture.Account);
        await LaunchByOtherAsync(image.Id);
        _images.Compute.Cloud.List(Volume.Table, ComputeFixture.OtherAccount).ToArray().ShouldAllBe(volume => volume.StartsAsSnapshot);
        (await _images.RefusedAsync(Ec2Api.CreateVolume, new() { AvailabilityZone = "us-east-1a", SnapshotId = image.Mappings[0].SnapshotId }, ComputeFixture.OtherAccount))
            .ShouldBe("InvalidSnapshot.NotFound", "the image is shared, not its disks");
        (await _images.RefusedAsync(Ec2Api.CopyImage, copy, ComputeFixture.OtherAccount)).ShouldBe("InvalidRequest");
        foreach (var snapshot in image.Mappings.Select(disk => disk.SnapshotId))
        {
            await _images.CallAsync(Ec2Api.ModifySnapshotAttribute, new() { SnapshotId = snapshot, OperationType = "add", UserIds = [ComputeFixture.OtherAccount] });
        }

        var made = await _images.CallAsync(Ec2Api.CreateVolume, new() { AvailabilityZone = "us-east-1a", SnapshotId = image.Mappings[0].SnapshotId }, ComputeFixture.OtherAccount);
        _images.Compute.Cloud.Find(Volume.Table, ComputeFixture.OtherAccount, made.VolumeId!)!.HostId.ShouldBe(_images.FindSnapshot(image.Mappings[0].SnapshotId!)!.HostId);
        var taken = await _images.AvailableAsync((await _images.CallAsync(Ec2Api.CopyImage, copy, ComputeFixture.OtherAccount)).ImageId!, ComputeFixture.OtherAccount);
        taken.Mappings.ShouldAllBe(disk => _images.FindSnapshot(disk.SnapshotId!, ComputeFixture.OtherAccount) != null);
        await _images.CallAsync(Ec2Api.ResetImageAttribute, new() { ImageId = image.Id, Attribute = "launchPermission" });
        (await LaunchRefusedAsync(image.Id)).ShouldBe("InvalidAMIID.NotFound");
    }

    private Task ShareAsync(string id) => _images.CallAsync(Ec2Api.ModifyImageAttribute, new() { ImageId = id, LaunchPermission = new() { Add = [new() { UserId = ComputeFixture.OtherAccount }] } });

    private Task LaunchByOtherAsync(string id) =>
        _images.CallAsync(Ec2Api.RunInstances, new() { ImageId = id, InstanceType = "t3.micro", MinCount = 1, MaxCount = 1 }, ComputeFixture.OtherAccount);

    private Task<string> LaunchRefusedAsync(string id) =>
        _images.RefusedAsync(Ec2Api.RunInstances, new() { ImageId = id, InstanceType = "t3.micro", MinCount = 1, MaxCount = 1 }, ComputeFixture.OtherAccount);

    private Task<string> RefusedAsync(RegisterImageRequest request) => _images.RefusedAsync(Ec2Api.RegisterImage, request);

    private static RegisterImageRequest Register(string snapshot) => new()
    {
        Name = "registered",
        RootDeviceName = "/dev/sda1",
        BlockDeviceMappings = [new() { DeviceName = "/dev/sda1", Ebs = new EbsBlockDevice { SnapshotId = snapshot, VolumeSize = 4 } }],
    };

    private async Task<string> RootSnapshotAsync()
    {
        var instance = await _images.Compute.RunningAsync();
        var taken = (await _images.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = instance.VolumeIds[0] })).SnapshotId!;
        return (await _images.CompletedAsync(taken)).Id;
    }
}
