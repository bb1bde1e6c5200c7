using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Images;
using Nines.Control.Tests.Services.Ec2.Instances;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Tests.Services.Ec2.Snapshots;

public sealed class SnapshotSetTests : IAsyncLifetime
{
    private ImageFixture _images = null!;
    private Instance _instance = null!;

    public async ValueTask InitializeAsync()
    {
        _images = await ImageFixture.CreateAsync();
        _instance = await _images.Compute.RunningAsync(input => input with
        {
            BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { VolumeSize = 3 } }, new() { DeviceName = "/dev/sdg", Ebs = new() { VolumeSize = 4 } }],
            TagSpecifications = [new() { ResourceType = "volume", Tags = [new Tag { Key = "of", Value = "volume" }, new Tag { Key = "kept", Value = "yes" }] }],
        });
    }

    public ValueTask DisposeAsync() => _images.DisposeAsync();

    [Fact]
    public async Task All_disks_of_an_instance_are_of_one_moment()
    {
        var taken = (await TakeAsync(new() { InstanceId = _instance.Id }, input => input with
        {
            Description = "nightly",
            CopyTagsFromSource = "volume",
            TagSpecifications = [new() { ResourceType = "snapshot", Tags = [new Tag { Key = "of", Value = "snapshot" }] }],
        })).Snapshots!;

        taken.Select(info => (info.VolumeId, info.VolumeSize, info.State, info.Description, info.OwnerId))
            .ShouldBe([(_instance.VolumeIds[0], 2, "pending", "nightly", ComputeFixture.Account), (_instance.VolumeIds[1], 3, "pending", "nightly", ComputeFixture.Account), (_instance.VolumeIds[2], 4, "pending", "nightly", ComputeFixture.Account)]);
        taken[0].Tags!.Select(tag => $"{tag.Key}={tag.Value}").ShouldBe(["kept=yes", "of=snapshot"]);
        var snapshots = await Task.WhenAll(taken.Select(info => _images.CompletedAsync(info.SnapshotId!)));
        snapshots.Select(snapshot => snapshot.SetId).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
    }

    [Fact]
    public async Task Disks_are_left_out()
    {
        (await TakeAsync(new() { InstanceId = _instance.Id, ExcludeBootVolume = true, ExcludeDataVolumeIds = [_instance.VolumeIds[1]] })).Snapshots!.Select(info => info.VolumeId).ShouldBe([_instance.VolumeIds[2]]);
        (await RefusedAsync(new() { InstanceId = _instance.Id, ExcludeDataVolumeIds = ["vol-00000000000000000"] })).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(new() { InstanceId = _instance.Id, ExcludeBootVolume = true, ExcludeDataVolumeIds = [_instance.VolumeIds[1], _instance.VolumeIds[2]] })).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(new() { InstanceId = "i-00000000000000000" })).ShouldBe("InvalidInstanceID.NotFound");
        (await RefusedAsync(null)).ShouldBe("MissingParameter");
        (await RefusedAsync(new() { InstanceId = _instance.Id }, input => input with { CopyTagsFromSource = "instance" })).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(new() { InstanceId = _instance.Id }, input => input with { DryRun = true })).ShouldBe("DryRunOperation");
    }

    [Fact]
    public async Task A_copy_is_the_callers_own_and_outlives_its_source()
    {
        var source = (await _images.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = _instance.VolumeIds[0] })).SnapshotId!;
        await _images.CompletedAsync(source);
        var request = new CopySnapshotRequest { SourceRegion = "us-east-1", SourceSnapshotId = source, TagSpecifications = [new() { ResourceType = "snapshot", Tags = [new Tag { Key = "of", Value = "copy" }] }] };
        (await _images.RefusedAsync(Ec2Api.CopySnapshot, request, ComputeFixture.OtherAccount)).ShouldBe("InvalidSnapshot.NotFound");

        var answer = await _images.CallAsync(Ec2Api.CopySnapshot, request);

        answer.Tags!.Single().Value.ShouldBe("copy");
        var copy = await _images.CompletedAsync(answer.SnapshotId!);
        copy.ShouldSatisfyAllConditions(
            () => copy.VolumeId.ShouldBe("vol-ffffffff"),
            () => copy.CopyOf.ShouldBe(source),
            () => copy.HostId.ShouldBe(_instance.HostId),
            () => copy.BootDigest.ShouldBe(_instance.ImageDigest),
            () => copy.Description.ShouldBe($"[Copied {source} from us-east-1]"));
        await _images.CallAsync(Ec2Api.DeleteSnapshot, new() { SnapshotId = source });
        (await _images.CallAsync(Ec2Api.CreateVolume, new() { AvailabilityZone = _instance.Zone, SnapshotId = copy.Id })).SnapshotId.ShouldBe(copy.Id);
        (await _images.RefusedAsync(Ec2Api.CopySnapshot, request)).ShouldBe("InvalidSnapshot.NotFound");
        (await _images.RefusedAsync(Ec2Api.CopySnapshot, request with { SourceRegion = "eu-west-1" })).ShouldBe("InvalidParameterValue");
        (await _images.RefusedAsync(Ec2Api.CopySnapshot, request with { SourceRegion = null })).ShouldBe("MissingParameter");
        var stored = await _images.CallAsync(Ec2Api.CopySnapshot, request with { SourceSnapshotId = "snap-0123456789abcdef0" }, ComputeFixture.OtherAccount);
        _images.FindSnapshot(stored.SnapshotId!, ComputeFixture.OtherAccount)!.ImageDigest.ShouldBe(_instance.ImageDigest);
    }

    private Task<CreateSnapshotsResult> TakeAsync(InstanceSpecification? disks, Func<CreateSnapshotsRequest, CreateSnapshotsRequest>? with = null) =>
        _images.CallAsync(Ec2Api.CreateSnapshots, Request(disks, with));

    private Task<string> RefusedAsync(InstanceSpecification? disks, Func<CreateSnapshotsRequest, CreateSnapshotsRequest>? with = null) => _images.RefusedAsync(Ec2Api.CreateSnapshots, Request(disks, with));

    private static CreateSnapshotsRequest Request(InstanceSpecification? disks, Func<CreateSnapshotsRequest, CreateSnapshotsRequest>? with)
    {
        var request = new CreateSnapshotsRequest { InstanceSpecification = disks };
        return with?.Invoke(request) ?? request;
    }
}
