using Nines.Api.Ec2;
using Nines.Api.Kms;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.RootVolumes;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.Kms;
using Nines.Control.Tests.Services.Ec2.Images;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Tests.Services.Ec2.Encryption;

/// <summary>Which disks are encrypted, with which key, and what a host is told of it.</summary>
public sealed class EncryptionTests : IAsyncLifetime
{
    private const string Zone = "us-east-1a";
    private ImageFixture _images = null!;

    private ComputeFixture Cloud => _images.Compute;

    public async ValueTask InitializeAsync() => _images = await ImageFixture.CreateAsync();

    public ValueTask DisposeAsync() => _images.DisposeAsync();

    [Fact]
    public async Task A_volume_is_under_the_clouds_own_key_which_is_made_when_it_is_first_needed()
    {
        (await _images.CallAsync(KmsApi.ListAliases, new())).Aliases.ShouldBeEmpty();

        var made = await CreateAsync(input => input with { Encrypted = true });
        var again = await CreateAsync(input => input with { Encrypted = true });

        var alias = (await _images.CallAsync(KmsApi.ListAliases, new())).Aliases!.ShouldHaveSingleItem();
        alias.AliasName.ShouldBe("alias/aws/ebs");
        (made.Encrypted, made.KmsKeyId, again.KmsKeyId).ShouldBe((true, ArnOf(alias.TargetKeyId!), made.KmsKeyId));
        (await _images.CallAsync(KmsApi.DescribeKey, new() { KeyId = "alias/aws/ebs" })).KeyMetadata!.KeyManager.ShouldBe(KeyManagerType.AWS);
        var (first, second) = (Find(made.VolumeId!), Find(again.VolumeId!));
        first.Key!.Id.ShouldBe(first.Id);
        first.Key.Ciphertext.ShouldNotBe(second.Key!.Ciphertext, "each has a data key of its own");
        var described = (await _images.CallAsync(Ec2Api.DescribeVolumes, new() { Filters = [new() { Name = "encrypted", Values = ["true"] }] })).Volumes!;
        described.Select(volume => (volume.Encrypted, volume.KmsKeyId)).Distinct().ShouldBe([(true, made.KmsKeyId)]);
    }

    [Fact]
    public async Task A_key_is_named_by_its_id_its_alias_or_the_full_name_of_either()
    {
        var key = await KeyAsync("alias/mine");
        foreach (var name in new[] { key, "alias/mine", ArnOf(key), $"arn:aws:kms:us-east-1:{ComputeFixture.Account}:alias/mine" })
        {
            (await CreateAsync(input => input with { Encrypted = true, KmsKeyId = name })).KmsKeyId.ShouldBe(ArnOf(key));
        }

        (await RefusedAsync(input => input with { KmsKeyId = key })).ShouldBe("InvalidParameterDependency");
        (await RefusedAsync(input => input with { Encrypted = false, KmsKeyId = key })).ShouldBe("InvalidParameterDependency");
        (await RefusedAsync(input => input with { Encrypted = true, KmsKeyId = "alias/none" })).ShouldBe("InvalidKmsKeyId.NotFound");
        (await RefusedAsync(input => input with { Encrypted = true, KmsKeyId = Guid.NewGuid().ToString() })).ShouldBe("InvalidKmsKeyId.NotFound");
        (await CreateAsync(input => input with { Encrypted = false })).ShouldSatisfyAllConditions(made => made.Encrypted.ShouldBe(false), made => made.KmsKeyId.ShouldBeNull());
    }

    [Fact]
    public async Task An_account_has_all_that_is_new_encrypted_if_it_wants()
    {
        var key = await KeyAsync();
        (await _images.CallAsync(Ec2Api.GetEbsEncryptionByDefault, new())).EbsEncryptionByDefault.ShouldBe(false);
        (await _images.CallAsync(Ec2Api.GetEbsDefaultKmsKeyId, new())).KmsKeyId.ShouldBe("alias/aws/ebs");
        (await _images.CallAsync(Ec2Api.EnableEbsEncryptionByDefault, new())).EbsEncryptionByDefault.ShouldBe(true);
        (await _images.CallAsync(Ec2Api.ModifyEbsDefaultKmsKeyId, new() { KmsKeyId = key })).KmsKeyId.ShouldBe(ArnOf(key));
        (await _images.RefusedAsync(Ec2Api.ModifyEbsDefaultKmsKeyId, new() { KmsKeyId = "alias/none" })).ShouldBe("InvalidKmsKeyId.NotFound");

        (await CreateAsync(input => input with { Encrypted = false })).KmsKeyId.ShouldBe(ArnOf(key));
        var instance = await Cloud.RunningAsync();
        instance.VolumeIds.Select(id => Find(id).Key!.KmsKeyId).ShouldBe([key]);
        (await _images.CallAsync(Ec2Api.GetEbsEncryptionByDefault, new(), ComputeFixture.OtherAccount)).EbsEncryptionByDefault.ShouldBe(false);

        (await _images.CallAsync(Ec2Api.ResetEbsDefaultKmsKeyId, new())).KmsKeyId.ShouldBe("alias/aws/ebs");
        (await CreateAsync(input => input)).KmsKeyId.ShouldNotBe(ArnOf(key));
        (await _images.CallAsync(Ec2Api.DisableEbsEncryptionByDefault, new())).EbsEncryptionByDefault.ShouldBe(false);
        (await CreateAsync(input => input)).Encrypted.ShouldBe(false);
    }

    [Fact]
    public async Task Disks_of_a_launch_are_encrypted_as_it_says()
    {
        var key = await KeyAsync();
        var instance = await Cloud.RunningAsync(input => input with
        {
            BlockDeviceMappings =
            [
                new() { DeviceName = "/dev/xvda", Ebs = new EbsBlockDevice { Encrypted = true, KmsKeyId = key } },
                new() { DeviceName = "/dev/sdf", Ebs = new EbsBlockDevice { VolumeSize = 1, Encrypted = true } },
                new() { DeviceName = "/dev/sdg", Ebs = new EbsBlockDevice { VolumeSize = 1 } },
            ],
        });

        var volumes = instance.VolumeIds.Select(Find).ToArray();
        volumes.Select(volume => volume.Key is not null).ShouldBe([true, true, false]);
        volumes[0].Key!.KmsKeyId.ShouldBe(key);
        volumes[1].Key!.KmsKeyId.ShouldNotBe(key);
        (await RefusedLaunchAsync(new EbsBlockDevice { VolumeSize = 1, KmsKeyId = key })).ShouldBe("InvalidParameterDependency");
        (await RefusedLaunchAsync(new EbsBlockDevice { VolumeSize = 1, Encrypted = true, KmsKeyId = "alias/none" })).ShouldBe("InvalidKmsKeyId.NotFound");
    }

    [Fact]
    public async Task A_host_is_told_the_secret_while_the_key_is_on_and_why_not_while_it_is_off()
    {
        var key = await KeyAsync();
        var id = await AttachedAsync(key);
        var told = Told(id)!;
        told.ShouldSatisfyAllConditions(
            () => told.Id.ShouldBe(id),
            () => Convert.FromBase64String(told.Secret!).Length.ShouldBe(32),
            () => told.Failure.ShouldBeNull());
        Find(id).Key!.Ciphertext.ShouldNotContain(told.Secret!);
        Told(id).ShouldBe(told, "it is the same each time");

        await _images.CallAsync(KmsApi.DisableKey, new() { KeyId = key });
        Told(id).ShouldBe(new DiskKey(id) { Failure = "The KMS key provided is in an incorrect state" });

        await _images.CallAsync(KmsApi.EnableKey, new() { KeyId = key });
        Told(id).ShouldBe(told);
        await _images.CallAsync(KmsApi.RotateKeyOnDemand, new() { KeyId = key });
        Told(id).ShouldBe(told, "what an older secret of the key encrypted it opens still");
        await _images.CallAsync(KmsApi.ScheduleKeyDeletion, new() { KeyId = key });
        Told(id)!.Secret.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_under_a_key_that_is_off_comes_to_nothing()
    {
        var key = await KeyAsync();
        var used = await AttachedAsync(key);
        var free = (await CreateAsync(input => input with { Encrypted = true, KmsKeyId = key })).VolumeId!;
        await _images.CallAsync(KmsApi.DisableKey, new() { KeyId = key });

        var made = await CreateAsync(input => input with { Encrypted = true, KmsKeyId = key });
        made.State.ShouldBe("creating", "AWS looks at the key after its answer");
        Find(made.VolumeId!).State.ShouldBe(VolumeState.Error);
        await _images.CallAsync(Ec2Api.DeleteVolume, new() { VolumeId = made.VolumeId });
        Cloud.Cloud.Find(Volume.Table, ComputeFixture.Account, made.VolumeId!).ShouldBeNull();

        var snapshot = await _images.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = used });
        Find(Snapshot.Table, snapshot.SnapshotId!).ShouldSatisfyAllConditions(
            taken => taken.State.ShouldBe(SnapshotState.Error),
            taken => taken.StateMessage.ShouldBe("Given key ID is not accessible"));
        (await _images.RefusedAsync(Ec2Api.AttachVolume, new() { VolumeId = free, InstanceId = Find(used).Attachment!.InstanceId, Device = "/dev/sdg" })).ShouldBe("InvalidKMSKey.InvalidState");
        var launched = (await Cloud.RunAsync(input => input with { BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new EbsBlockDevice { Encrypted = true, KmsKeyId = key } }] })).Instances!.Single();
        (await Cloud.UntilAsync(launched.InstanceId!, InstanceState.Terminated)).StateReason!.Code.ShouldBe("Client.InvalidKMSKey.InvalidState");
        Find(Instance.Table, Find(used).Attachment!.InstanceId).State.ShouldBe(InstanceState.Running, "what runs goes on");
    }

    [Fact]
    public async Task Snapshots_and_what_is_made_of_them_stay_encrypted_and_share_the_data_key()
    {
        var (key, other) = (await KeyAsync(), await KeyAsync());
        var source = await AttachedAsync(key);
        var taken = await _images.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = source });
        (taken.Encrypted, taken.KmsKeyId).ShouldBe((true, ArnOf(key)));
        var snapshot = await _images.CompletedAsync(taken.SnapshotId!);
        snapshot.Key.ShouldBe(Find(source).Key);
        (await _images.CallAsync(Ec2Api.DescribeSnapshots, new() { Filters = [new() { Name = "encrypted", Values = ["true"] }] })).Snapshots!.ShouldHaveSingleItem().KmsKeyId.ShouldBe(ArnOf(key));

        var same = await CreateAsync(input => input with { SnapshotId = snapshot.Id, Encrypted = false });
        Find(same.VolumeId!).Key.ShouldBe(snapshot.Key, "encryption is never taken away");
        var anew = Find((await CreateAsync(input => input with { SnapshotId = snapshot.Id, Encrypted = true, KmsKeyId = other })).VolumeId!);
        (anew.Key!.KmsKeyId, anew.Key.Id, anew.SourceKey).ShouldBe((other, anew.Id, snapshot.Key), "another data key, and the old one to read with");

        var copy = await CopyAsync(snapshot.Id, input => input);
        copy.Key!.KmsKeyArn.ShouldBe(ArnOf((await _images.CallAsync(KmsApi.DescribeKey, new() { KeyId = "alias/aws/ebs" })).KeyMetadata!.KeyId!), "a copy is under the default key");
        (await CopyAsync(snapshot.Id, input => input with { Encrypted = true, KmsKeyId = key })).Key.ShouldBe(snapshot.Key);
    }

    [Fact]
    public async Task A_copy_of_what_is_not_encrypted_is_if_it_is_asked_for()
    {
        var instance = await Cloud.RunningAsync();
        var plain = await _images.CompletedAsync((await _images.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = instance.VolumeIds[0] })).SnapshotId!);
        (await CopyAsync(plain.Id, input => input)).Key.ShouldBeNull();
        var copy = await CopyAsync(plain.Id, input => input with { Encrypted = true });
        (copy.Key!.Id, copy.SourceKey).ShouldBe((copy.Id, null));
        (await _images.RefusedAsync(Ec2Api.CopySnapshot, new() { SourceSnapshotId = plain.Id, SourceRegion = "us-east-1", KmsKeyId = "alias/aws/ebs" })).ShouldBe("InvalidParameterDependency");

        var image = await _images.AvailableAsync((await _images.CallAsync(Ec2Api.CopyImage, new() { SourceImageId = ComputeFixture.ImageId, SourceRegion = "us-east-1", Name = "locked", Encrypted = true })).ImageId!);
        var disk = (await _images.CallAsync(Ec2Api.DescribeImages, new() { ImageIds = [image.Id] })).Images!.Single().BlockDeviceMappings!.Single();
        disk.Ebs!.Encrypted.ShouldBe(true);
        var launched = await Cloud.RunningAsync(input => input with { ImageId = image.Id });
        Find(launched.VolumeIds[0]).Key.ShouldBe(Find(Snapshot.Table, disk.Ebs.SnapshotId!).Key);
        (await _images.RefusedAsync(Ec2Api.ModifyImageAttribute, new() { ImageId = image.Id, LaunchPermission = new() { Add = [new() { Group = "all" }] } })).ShouldBe("OperationNotPermitted");
        (await _images.RefusedAsync(Ec2Api.ModifyImageAttribute, new() { ImageId = image.Id, LaunchPermission = new() { Add = [new() { UserId = ComputeFixture.OtherAccount }] } })).ShouldBe("OperationNotPermitted");
    }

    [Fact]
    public async Task An_encrypted_snapshot_is_nobody_elses_to_read()
    {
        var key = await KeyAsync();
        var (own, managed) = (await TakenAsync(key), await TakenAsync("alias/aws/ebs"));
        (await ShareAsync(own, new() { Group = "all" })).ShouldBe("OperationNotPermitted");
        (await ShareAsync(managed, new() { UserId = ComputeFixture.OtherAccount })).ShouldBe("OperationNotPermitted");
        await _images.CallAsync(Ec2Api.ModifySnapshotAttribute, new() { SnapshotId = own, CreateVolumePermission = new() { Add = [new() { UserId = ComputeFixture.OtherAccount }] } });

        (await _images.RefusedAsync(Ec2Api.CreateVolume, new() { AvailabilityZone = Zone, SnapshotId = own }, ComputeFixture.OtherAccount)).ShouldBe("AuthFailure");
    }

    [Fact]
    public async Task An_image_says_which_of_its_disks_are_encrypted_and_changes_none()
    {
        var instance = await Cloud.RunningAsync(input => input with
        {
            BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new EbsBlockDevice { Encrypted = true } }, new() { DeviceName = "/dev/sdf", Ebs = new EbsBlockDevice { VolumeSize = 1 } }],
        });
        var request = new CreateImageRequest { InstanceId = instance.Id, Name = "half" };
        (await _images.RefusedAsync(Ec2Api.CreateImage, request with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new EbsBlockDevice { Encrypted = true } }] })).ShouldBe("InvalidBlockDeviceMapping");
        (await _images.RefusedAsync(Ec2Api.CreateImage, request with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdg", Ebs = new EbsBlockDevice { VolumeSize = 1, Encrypted = true, KmsKeyId = "x" } }] })).ShouldBe("InvalidParameterCombination");

        var made = await _images.CallAsync(Ec2Api.CreateImage, request with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdg", Ebs = new EbsBlockDevice { VolumeSize = 1, Encrypted = true } }] });

        var image = await _images.AvailableAsync(made.ImageId!);
        image.Disks.Select(disk => (disk.DeviceName, disk.Encrypted)).ShouldBe([("/dev/xvda", true), ("/dev/sdf", false), ("/dev/sdg", true)]);
        var launched = await Cloud.RunningAsync(input => input with { ImageId = image.Id });
        launched.VolumeIds.Select(id => Find(id).Key is not null).ShouldBe([true, false, true]);
    }

    [Fact]
    public async Task A_root_volume_is_replaced_by_one_that_is_no_less_encrypted()
    {
        var (key, other) = (await KeyAsync(), await KeyAsync());
        var instance = await Cloud.RunningAsync(input => input with { BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new EbsBlockDevice { Encrypted = true, KmsKeyId = key } }] });
        var first = Find(instance.VolumeIds[0]);
        var snapshot = await _images.CompletedAsync((await _images.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = first.Id })).SnapshotId!);

        var launched = await ReplacedAsync(new() { InstanceId = instance.Id });
        (launched.Key!.KmsKeyId, launched.Key.Id, launched.SourceKey).ShouldBe((key, launched.Id, null), "its launch state, under a data key of its own");
        var restored = await ReplacedAsync(new() { InstanceId = instance.Id, SnapshotId = snapshot.Id });
        (restored.Key, restored.SourceKey).ShouldBe((first.Key, first.Key), "what is read with the snapshot's data key is under it");

        var image = await _images.AvailableAsync((await _images.CallAsync(Ec2Api.CreateImage, new() { InstanceId = (await Cloud.RunningAsync()).Id, Name = "open" })).ImageId!);
        (await ReplacedAsync(new() { InstanceId = instance.Id, ImageId = image.Id })).ShouldSatisfyAllConditions(
            volume => volume.Key!.KmsKeyId.ShouldBe(key, "an image that is open takes no encryption away"),
            volume => volume.SourceKey.ShouldBeNull());

        await _images.CallAsync(Ec2Api.EnableEbsEncryptionByDefault, new());
        await _images.CallAsync(Ec2Api.ModifyEbsDefaultKmsKeyId, new() { KmsKeyId = other });
        (await ReplacedAsync(new() { InstanceId = instance.Id, ImageId = image.Id })).Key!.KmsKeyId.ShouldBe(key);
        await _images.CallAsync(KmsApi.DisableKey, new() { KeyId = key });
        (await _images.RefusedAsync(Ec2Api.CreateReplaceRootVolumeTask, new() { InstanceId = instance.Id })).ShouldBe("InvalidKMSKey.InvalidState");
    }

    [Fact]
    public async Task A_root_volume_that_is_replaced_is_encrypted_where_the_account_has_all_that_is_new()
    {
        var instance = await Cloud.RunningAsync();
        (await ReplacedAsync(new() { InstanceId = instance.Id })).Key.ShouldBeNull();
        var key = await KeyAsync();
        await _images.CallAsync(Ec2Api.EnableEbsEncryptionByDefault, new());
        await _images.CallAsync(Ec2Api.ModifyEbsDefaultKmsKeyId, new() { KmsKeyId = key });

        (await ReplacedAsync(new() { InstanceId = instance.Id })).Key!.KmsKeyId.ShouldBe(key);
    }

    /// <summary>The root volume that a replacement made.</summary>
    private async Task<Volume> ReplacedAsync(CreateReplaceRootVolumeTaskRequest request)
    {
        var id = (await _images.CallAsync(Ec2Api.CreateReplaceRootVolumeTask, request)).ReplaceRootVolumeTask!.ReplaceRootVolumeTaskId!;
        var done = await Cloud.Cloud.WaitAsync(RootReplacement.Table, ComputeFixture.Account, id, task => task is { State: not RootReplacementState.InProgress }, TestContext.Current.CancellationToken);
        done!.State.ShouldBe(RootReplacementState.Succeeded);
        return Find(done.NewVolumeId);
    }

    private async Task<string> KeyAsync(string? alias = null)
    {
        var key = (await _images.CallAsync(KmsApi.CreateKey, new())).KeyMetadata!.KeyId!;
        if (alias is not null)
        {
            await _images.CallAsync(KmsApi.CreateAlias, new() { AliasName = alias, TargetKeyId = key });
        }

        return key;
    }

    private static string ArnOf(string keyId) => $"arn:aws:kms:us-east-1:{ComputeFixture.Account}:key/{keyId}";

    private Task<CreateVolumeResult> CreateAsync(Func<CreateVolumeRequest, CreateVolumeRequest> with) =>
        _images.CallAsync(Ec2Api.CreateVolume, with(new CreateVolumeRequest { AvailabilityZone = Zone, Size = 1 }));

    private Task<string> RefusedAsync(Func<CreateVolumeRequest, CreateVolumeRequest> with) =>
        _images.RefusedAsync(Ec2Api.CreateVolume, with(new CreateVolumeRequest { AvailabilityZone = Zone, Size = 1 }));

    private Task<string> RefusedLaunchAsync(EbsBlockDevice disk) => _images.RefusedAsync(
        Ec2Api.RunInstances, new() { ImageId = ComputeFixture.ImageId, InstanceType = "t3.micro", MinCount = 1, MaxCount = 1, BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = disk }] });

    /// <summary>A volume that lies on a host.</summary>
    private async Task<string> AttachedAsync(string key)
    {
        var instance = await Cloud.RunningAsync(input => input with
        {
            Placement = new() { AvailabilityZone = Zone },
            BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new EbsBlockDevice { VolumeSize = 1, Encrypted = true, KmsKeyId = key } }],
        });
        return instance.VolumeIds[1];
    }

    private async Task<string> TakenAsync(string key) =>
        (await _images.CompletedAsync((await _images.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = (await CreateAsync(input => input with { Encrypted = true, KmsKeyId = key })).VolumeId })).SnapshotId!)).Id;

    private Task<string> ShareAsync(string snapshotId, CreateVolumePermission permission) =>
        _images.RefusedAsync(Ec2Api.ModifySnapshotAttribute, new() { SnapshotId = snapshotId, CreateVolumePermission = new() { Add = [permission] } });

    private async Task<Snapshot> CopyAsync(string snapshotId, Func<CopySnapshotRequest, CopySnapshotRequest> with) =>
        await _images.CompletedAsync((await _images.CallAsync(Ec2Api.CopySnapshot, with(new CopySnapshotRequest { SourceSnapshotId = snapshotId, SourceRegion = "us-east-1" }))).SnapshotId!);

    private Volume Find(string id) => Find(Volume.Table, id);

    private T Find<T>(Control.Store.TableDefinition<T> table, string id)
        where T : class, Control.Store.IResource => Cloud.Cloud.Find(table, ComputeFixture.Account, id)!;

    /// <summary>What the host is told of a volume's key.</summary>
    private DiskKey? Told(string volumeId) =>
        new HostComposer(Cloud.Cloud, new ZoneCatalog("us-east-1", 3), new SecurityGroupSpecs(Cloud.Cloud), new VolumeKeys(Cloud.Cloud, Cloud.Kms.DataKeys).Tell, "host-1")
            .Update(new HostChangeSet { Everything = true }).Volumes[volumeId].Key;
}
