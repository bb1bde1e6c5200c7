using Nines.Api.Ec2;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public sealed class LaunchDisksTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync(hosts: 3);

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task Data_disks_that_start_as_a_snapshot_take_their_servers_to_its_host()
    {
        var (hostId, snapshot) = await SnapshotOfServerAsync();

        var launched = (await RunAsync(4, Disk("/dev/sdf", snapshot), Disk("/dev/sdg", snapshot, 9, deleteOnTermination: false), Disk("/dev/sdh", null, 3))).Instances!;

        foreach (var instance in launched.Select(launched => _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, launched.InstanceId!)!))
        {
            instance.HostId.ShouldBe(hostId);
            var volumes = instance.VolumeIds.Select(id => _cloud.Cloud.Find(Volume.Table, ComputeFixture.Account, id)!).ToArray();
            volumes.Select(volume => volume.Attachment!.DeviceName).ShouldBe(["/dev/xvda", "/dev/sdf", "/dev/sdg", "/dev/sdh"]);
            volumes.Select(volume => volume.SizeGiB).ShouldBe([2, 2, 9, 3]);
            volumes.Select(volume => volume.StartsAsSnapshot).ShouldBe([false, true, true, false]);
            volumes[1].ShouldSatisfyAllConditions(volume => volume.SnapshotId.ShouldBe(snapshot), volume => volume.ImageDigest.ShouldBeNull(), volume => volume.HostId.ShouldBe(hostId));
            volumes[2].Attachment!.DeleteOnTermination.ShouldBeFalse();
            volumes[3].SnapshotId.ShouldBeNull();
        }
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_EC2s_words()
    {
        var (_, snapshot) = await SnapshotOfServerAsync();
        (await RefusedAsync(Disk("/dev/sdf", "snap-00000000000000000"))).ShouldBe("InvalidSnapshot.NotFound");
        (await RefusedAsync(Disk("/dev/sdf", "here"))).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(Disk("/dev/sdf", snapshot, 1))).ShouldBe("InvalidBlockDeviceMapping");
        (await RefusedAsync(Disk("/dev/xvda", snapshot))).ShouldBe("InvalidBlockDeviceMapping");
        (await RefusedAsync(new BlockDeviceMapping { DeviceName = "/dev/xvda", NoDevice = "" })).ShouldBe("InvalidBlockDeviceMapping");

        var elsewhere = await SnapshotOfServerAsync();
        while (elsewhere.SnapshotId == snapshot || Find(elsewhere.SnapshotId).HostId == Find(snapshot).HostId)
        {
            elsewhere = await SnapshotOfServerAsync();
        }

        (await RefusedAsync(Disk("/dev/sdf", snapshot), Disk("/dev/sdg", elsewhere.SnapshotId))).ShouldBe("UnsupportedOperation");
        await _cloud.Cloud.WriteAsync(transaction => transaction.Put(Snapshot.Table, Find(snapshot) with { State = SnapshotState.Pending }), CancellationToken.None);
        (await RefusedAsync(Disk("/dev/sdf", snapshot))).ShouldBe("IncorrectState");
    }

    private async Task<(string HostId, string SnapshotId)> SnapshotOfServerAsync()
    {
        var instance = await _cloud.RunningAsync();
        var taken = (await _cloud.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = instance.VolumeIds[0] })).SnapshotId!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _cloud.Cloud.WaitAsync(Snapshot.Table, ComputeFixture.Account, taken, snapshot => snapshot is { State: SnapshotState.Completed }, deadline.Token);
        return (instance.HostId!, taken);
    }

    private Snapshot Find(string id) => _cloud.Cloud.Find(Snapshot.Table, ComputeFixture.Account, id)!;

    private Task<RunInstancesResult> RunAsync(int count, params BlockDeviceMapping[] disks) => _cloud.RunAsync(input => input with { MinCount = count, MaxCount = count, BlockDeviceMappings = disks });

    private async Task<string> RefusedAsync(params BlockDeviceMapping[] disks) => (await Should.ThrowAsync<AwsException>(() => RunAsync(1, disks))).Code;

    private static BlockDeviceMapping Disk(string device, string? snapshotId, int? size = null, bool? deleteOnTermination = null) =>
        new() { DeviceName = device, Ebs = new EbsBlockDevice { SnapshotId = snapshotId, VolumeSize = size, DeleteOnTermination = deleteOnTermination } };
}
