using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Tests.Services.Ec2.Snapshots;

public sealed class SnapshotOperationsTests : IAsyncLifetime
{
    private const string ImageSnapshot = "snap-0123456789abcdef0";
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_servers_disk_becomes_a_snapshot_and_that_a_volume_where_the_disk_lies()
    {
        var instance = await _cloud.RunningAsync();
        var root = Find(instance.VolumeIds[0])!;
        var taken = await _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = root.Id, Description = "before" });
        taken.State.ShouldBe("pending");
        await UntilAsync(taken.SnapshotId!, snapshot => snapshot is { State: SnapshotState.Completed });

        var made = await CreateAsync(new CreateVolumeRequest { AvailabilityZone = instance.Zone, SnapshotId = taken.SnapshotId });
        made.ShouldSatisfyAllConditions(
            volume => volume.HostId.ShouldBe(instance.HostId),
            volume => volume.SizeGiB.ShouldBe(root.SizeGiB),
            volume => volume.ImageDigest.ShouldBeNull(),
            volume => volume.StartsAsSnapshot.ShouldBeTrue());
        await _cloud.Cloud.WaitAsync(Volume.Table, ComputeFixture.Account, made.Id, volume => volume is { State: VolumeState.Available, Ready: true }, Soon());

        await _cloud.CallAsync(Ec2Api.DeleteSnapshot, new DeleteSnapshotRequest { SnapshotId = taken.SnapshotId });
        (await RefusedAsync(() => DescribeAsync(new DescribeSnapshotsRequest { SnapshotIds = [taken.SnapshotId!] }))).ShouldBe("InvalidSnapshot.NotFound", "it is gone for its owner before it is gone from its host");
        await UntilAsync(taken.SnapshotId!, snapshot => snapshot is null);
    }

    [Fact]
    public async Task A_snapshot_of_what_lies_nowhere_is_completed_and_a_volume_of_it_lies_nowhere_too()
    {
        var volume = await CreateAsync(new CreateVolumeRequest { AvailabilityZone = "us-east-1b", SnapshotId = ImageSnapshot });
        volume.ImageDigest.ShouldStartWith("0123456789abcdef0");
        var taken = (await _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = volume.Id })).SnapshotId!;
        FindSnapshot(taken)!.State.ShouldBe(SnapshotState.Completed);

        var made = await CreateAsync(new CreateVolumeRequest { AvailabilityZone = "us-east-1c", SnapshotId = taken, Size = 7 });

        made.ShouldSatisfyAllConditions(
            copy => copy.ImageDigest.ShouldBe(volume.ImageDigest),
            copy => copy.HostId.ShouldBeNull(),
            copy => copy.StartsAsSnapshot.ShouldBeFalse(),
            copy => copy.SizeGiB.ShouldBe(7));
        await _cloud.CallAsync(Ec2Api.DeleteSnapshot, new DeleteSnapshotRequest { SnapshotId = taken });
        FindSnapshot(taken).ShouldBeNull();
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_EC2s_words()
    {
        var volume = await CreateAsync(new CreateVolumeRequest { AvailabilityZone = "us-east-1a", Size = 8 });
        var taken = (await _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = volume.Id })).SnapshotId!;
        const string Nothing = "snap-00000000000000000";

        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = "vol-00000000000000000" }))).ShouldBe("InvalidVolume.NotFound");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest()))).ShouldBe("MissingParameter");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = volume.Id, DryRun = true }))).ShouldBe("DryRunOperation");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DeleteSnapshot, new DeleteSnapshotRequest { SnapshotId = Nothing }))).ShouldBe("InvalidSnapshot.NotFound");
        (await RefusedAsync(() => _cloud.CallAsync(Ec2Api.DeleteSnapshot, new DeleteSnapshotRequest { SnapshotId = ImageSnapshot }))).ShouldBe("InvalidSnapshot.InUse");
        (await RefusedAsync(() => CreateAsync(new CreateVolumeRequest { AvailabilityZone = "us-east-1a", SnapshotId = Nothing }))).ShouldBe("InvalidSnapshot.NotFound");
        (await RefusedAsync(() => CreateAsync(new CreateVolumeRequest { AvailabilityZone = "us-east-1a", SnapshotId = taken, Size = 4 }))).ShouldBe("InvalidParameterValue");
        await _cloud.Cloud.WriteAsync(transaction => transaction.Put(Snapshot.Table, FindSnapshot(taken)! with { State = SnapshotState.Pending }), Soon());
        (await RefusedAsync(() => CreateAsync(new CreateVolumeRequest { AvailabilityZone = "us-east-1a", SnapshotId = taken }))).ShouldBe("IncorrectState");
    }

    [Fact]
    public async Task They_are_listed_by_owner_by_who_may_restore_them_and_page_by_page()
    {
        var volume = await CreateAsync(new CreateVolumeRequest { AvailabilityZone = "us-east-1a", Size = 8 });
        for (var number = 0; number < 6; number++)
        {
            await _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = volume.Id });
        }

        (await DescribeAsync(new DescribeSnapshotsRequest { OwnerIds = ["self"], Filters = [new Filter { Name = "volume-id", Values = [volume.Id] }] })).Snapshots!.Count.ShouldBe(6);
        (await DescribeAsync(new DescribeSnapshotsRequest { OwnerIds = ["amazon"] })).Snapshots!.ShouldBeEmpty();
        (await DescribeAsync(new DescribeSnapshotsRequest { RestorableByUserIds = ["all"] })).Snapshots!.Single().SnapshotId.ShouldBe(ImageSnapshot);
        (await DescribeAsync(new DescribeSnapshotsRequest { SnapshotIds = [ImageSnapshot] })).Snapshots!.Single().VolumeSize.ShouldBe(2);
        var first = await DescribeAsync(new DescribeSnapshotsRequest { MaxResults = 5 });
        var second = await DescribeAsync(new DescribeSnapshotsRequest { MaxResults = 5, NextToken = first.NextToken });
        first.Snapshots!.Concat(second.Snapshots!).Select(snapshot => snapshot.SnapshotId).Distinct().Count().ShouldBe(7);
        second.NextToken.ShouldBeNull();
    }

    private async Task<Volume> CreateAsync(CreateVolumeRequest request) => Find((await _cloud.CallAsync(Ec2Api.CreateVolume, request)).VolumeId!)!;

    private Task<DescribeSnapshotsResult> DescribeAsync(DescribeSnapshotsRequest request) => _cloud.CallAsync(Ec2Api.DescribeSnapshots, request);

    private Volume? Find(string id) => _cloud.Cloud.Find(Volume.Table, ComputeFixture.Account, id);

    private Snapshot? FindSnapshot(string id) => _cloud.Cloud.Find(Snapshot.Table, ComputeFixture.Account, id);

    private async Task UntilAsync(string id, Func<Snapshot?, bool> condition) => await _cloud.Cloud.WaitAsync(Snapshot.Table, ComputeFixture.Account, id, condition, Soon());

    private static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    private static async Task<string> RefusedAsync(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;
}
