using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;

namespace Nines.Control.Tests.Services.Ec2.ImportTasks;

public sealed class ImportTaskTests : IAsyncLifetime
{
    private const string Bucket = "disks";
    private ComputeFixture _cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        await _cloud.AddOtherAccountAsync();
        _cloud.PutFile(Bucket, "dir/a.vmdk", 1024);
        _cloud.PutFile(Bucket, "b.raw");
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_image_comes_of_files_and_is_launched()
    {
        var asked = OfImage("dir/a.vmdk", "b.raw") with { Description = "from abroad", ClientToken = "once", TagSpecifications = [new() { ResourceType = "import-image-task", Tags = [new() { Key = "Who", Value = "me" }] }] };
        var begun = await _cloud.CallAsync(Ec2Api.ImportImage, asked);
        (begun.Status, begun.StatusMessage, begun.Progress, begun.ImageId, begun.LicenseType, begun.Platform, begun.Architecture).ShouldBe(("active", "pending", "0", null, "BYOL", "Linux", "x86_64"));
        begun.ImportTaskId.ShouldStartWith("import-ami-");
        begun.SnapshotDetails!.Select(detail => (detail.DeviceName, detail.UserBucket!.S3Key, detail.DiskImageSize, detail.SnapshotId))
            .ShouldBe([("/dev/sda1", "dir/a.vmdk", 1024d, null), ("/dev/sdb", "b.raw", 512d, null)]);

        var done = await EndedAsync(begun.ImportTaskId!);
        (done.State, done.HostId, done.Tags["Who"]).ShouldBe((ImportTaskState.Completed, null, "me"));
        var image = _cloud.Cloud.Find(Image.Table, ComputeFixture.Account, done.ImageId!)!;
        (image.Name, image.Description, image.BootMode, image.Digest, image.RootDeviceName).ShouldBe((done.Id, "from abroad", "legacy-bios", FirmwareBoot.Bios, "/dev/sda1"));
        image.Mappings.Select(mapping => mapping.DeviceName).ShouldBe(["/dev/sda1", "/dev/sdb"]);
        image.Mappings.ShouldAllBe(mapping => _cloud.Cloud.Find(Snapshot.Table, ComputeFixture.Account, mapping.SnapshotId!)!.State == SnapshotState.Completed);
        (await _cloud.CallAsync(Ec2Api.ImportImage, asked)).ImportTaskId.ShouldBe(done.Id, "the same token means the same task");
        (await RefusalOf(asked with { Description = "another" })).ShouldBe("IdempotentParameterMismatch");

        var told = (await _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest { ImportTaskIds = [done.Id] })).ImportImageTasks!.Single();
        (told.Status, told.ImageId, told.Progress, told.BootMode).ShouldBe(("completed", image.Id, null, "legacy-bios"));
        told.SnapshotDetails!.Select(detail => detail.SnapshotId).ShouldBe(image.Mappings.Select(mapping => mapping.SnapshotId));
        var instance = await _cloud.RunningAsync(request => request with { ImageId = image.Id });
        (instance.ImageDigest, instance.BootMode, instance.VolumeIds.Length).ShouldBe((FirmwareBoot.Bios, "legacy-bios", 2));
        (await RefusalOf(new CancelImportTaskRequest { ImportTaskId = done.Id })).ShouldBe("IncorrectState");
    }

    [Fact]
    public async Task A_snapshot_comes_of_a_file_and_an_image_of_it_can_be_registered()
    {
        var begun = await _cloud.CallAsync(Ec2Api.ImportSnapshot, new ImportSnapshotRequest { DiskContainer = new() { Url = $"s3://{Bucket}/b.raw", Format = "raw", Description = "data" }, Encrypted = true });
        begun.ImportTaskId.ShouldStartWith("import-snap-");
        (begun.SnapshotTaskDetail!.Status, begun.SnapshotTaskDetail.Format, begun.SnapshotTaskDetail.Encrypted, begun.SnapshotTaskDetail.SnapshotId).ShouldBe(("active", "RAW", true, null));
        await EndedAsync(begun.ImportTaskId!);
        var detail = (await _cloud.CallAsync(Ec2Api.DescribeImportSnapshotTasks, new DescribeImportSnapshotTasksRequest { ImportTaskIds = [begun.ImportTaskId!] })).ImportSnapshotTasks!.Single().SnapshotTaskDetail!;
        (detail.Status, detail.Progress, detail.Url).ShouldBe(("completed", "100", $"s3://{Bucket}/b.raw"));
        var snapshot = _cloud.Cloud.Find(Snapshot.Table, ComputeFixture.Account, detail.SnapshotId!)!;
        (snapshot.Description, snapshot.Key!.KmsKeyArn, snapshot.VolumeId).ShouldBe(("data", detail.KmsKeyId!, Snapshot.NoVolume));
        (await _cloud.CallAsync(Ec2Api.CreateVolume, new CreateVolumeRequest { SnapshotId = snapshot.Id, AvailabilityZone = "us-east-1a" })).Encrypted.ShouldBe(true);
        foreach (var (mode, digest) in new[] { (null, FirmwareBoot.Bios), ("uefi", FirmwareBoot.Uefi), ("legacy-bios", FirmwareBoot.Bios) })
        {
            var image = (await _cloud.CallAsync(Ec2Api.RegisterImage, new RegisterImageRequest
            {
                Name = $"of-snapshot-{mode}",
                BootMode = mode,
                RootDeviceName = "/dev/sda1",
                BlockDeviceMappings = [new() { DeviceName = "/dev/sda1", Ebs = new() { SnapshotId = snapshot.Id } }],
            })).ImageId!;
            var registered = _cloud.Cloud.Find(Image.Table, ComputeFixture.Account, image)!;
            (registered.Digest, registered.BootMode).ShouldBe((digest, mode ?? "legacy-bios"));
        }
    }

    [Fact]
    public async Task What_is_not_there_or_leads_elsewhere_is_refused_and_changes_nothing()
    {
        File.CreateSymbolicLink(Path.Combine(_cloud.Buckets, ComputeFixture.Account, Bucket, "link"), "/etc/hostname");
        Directory.CreateSymbolicLink(Path.Combine(_cloud.Buckets, ComputeFixture.Account, "linked"), "/etc");
        _cloud.PutFile("theirs", "c.raw", account: ComputeFixture.OtherAccount);
        foreach (var (bucket, key) in new[]
        {
            (Bucket, "missing"), ("missing", "b.raw"), (Bucket, "dir"), (Bucket, "../disks/b.raw"), (Bucket, "dir/../b.raw"), (Bucket, "/etc/hostname"), (Bucket, "link"), (Bucket, "b.raw/x"),
            ("linked", "hostname"), ("..", "b.raw"), ("theirs", "c.raw"), ($"../{ComputeFixture.OtherAccount}/theirs", "c.raw"), (Bucket, "dir//a.vmdk"), (Bucket, "b.raw\0"),
        })
        {
            (await RefusalOf(OfImage("b.raw") with { DiskContainers = [new() { UserBucket = new() { S3Bucket = bucket, S3Key = key } }] })).ShouldBe("InvalidParameter", $"{bucket} {key}");
        }

        foreach (var url in new[] { "https://example.com/a.vmdk", "s3://disks", "s3:///b.raw", "file:///etc/passwd", "" })
        {
            (await RefusalOf(OfImage("b.raw") with { DiskContainers = [new() { Url = url }] })).ShouldBe("InvalidParameter", url);
        }

        (await RefusalOf(OfImage("b.raw"), ComputeFixture.OtherAccount)).ShouldBe("InvalidParameter", "buckets are their account's alone");
        _cloud.Cloud.ListAll(ImportTask.Table).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_this_cloud_cannot_do_is_refused()
    {
        (string Code, ImportImageRequest Input)[] cases =
        [
            ("UnsupportedOperation", OfImage("b.raw") with { Architecture = "arm64" }),
            ("InvalidParameterValue", OfImage("b.raw") with { Architecture = "vax" }),
            ("InvalidParameterValue", OfImage("b.raw") with { Platform = "OS/2" }),
            ("UnsupportedOperation", OfImage("b.raw") with { LicenseType = "AWS" }),
            ("InvalidParameterValue", OfImage("b.raw") with { BootMode = "uefi-preferred" }),
            ("InvalidParameterValue", OfImage("b.raw") with { Hypervisor = "kvm" }),
            ("InvalidParameterValue", OfImage("b.raw") with { DiskContainers = [new() { Format = "7", UserBucket = new() { S3Bucket = Bucket, S3Key = "b.raw" } }] }),
            ("UnsupportedOperation", OfImage("b.raw") with { DiskContainers = [new() { SnapshotId = "snap-0123456789abcdef0" }] }),
            ("InvalidParameter", OfImage("b.raw") with { DiskContainers = [Container("b.raw") with { DeviceName = "/dev/sdb" }, Container("b.raw")] }),
            ("MissingParameter", new ImportImageRequest()),
            ("MissingParameter", new ImportImageRequest { DiskContainers = [new()] }),
            ("InvalidParameterDependency", OfImage("b.raw") with { KmsKeyId = "alias/aws/ebs" }),
            ("DryRunOperation", OfImage("b.raw") with { DryRun = true }),
        ];
        foreach (var (code, input) in cases)
        {
            (await RefusalOf(input)).ShouldBe(code);
        }

        _cloud.Cloud.ListAll(ImportTask.Table).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tasks_are_told_by_kind_state_and_page_and_to_their_account_alone()
    {
        List<string> ids = [];
        for (var number = 0; number < 3; number++)
        {
            ids.Add((await _cloud.CallAsync(Ec2Api.ImportImage, OfImage("b.raw"))).ImportTaskId!);
            await EndedAsync(ids[^1]);
        }

        var first = await _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest { MaxResults = 2 });
        var second = await _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest { MaxResults = 2, NextToken = first.NextToken });
        first.ImportImageTasks!.Concat(second.ImportImageTasks!).Select(task => task.ImportTaskId!).ShouldBe(ids.Order(StringComparer.Ordinal));
        second.NextToken.ShouldBeNull();
        (await TasksAsync("completed")).Count.ShouldBe(3);
        (await TasksAsync("active")).ShouldBeEmpty();
        (await _cloud.CallAsync(Ec2Api.DescribeImportSnapshotTasks, new DescribeImportSnapshotTasksRequest())).ImportSnapshotTasks.ShouldBeEmpty();
        (await _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest(), ComputeFixture.OtherAccount)).ImportImageTasks.ShouldBeEmpty();
        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest { ImportTaskIds = [ids[0]] }, ComputeFixture.OtherAccount))).Code
            .ShouldBe("InvalidConversionTaskId.Malformed");
        (await RefusalOf(new CancelImportTaskRequest { ImportTaskId = ids[0] }, ComputeFixture.OtherAccount)).ShouldBe("InvalidConversionTaskId.Malformed");
        await _cloud.CallAsync(Ec2Api.CreateTags, new CreateTagsRequest { Resources = [ids[0]], Tags = [new() { Key = "Team", Value = "disks" }] });
        (await _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest { ImportTaskIds = [ids[0]] })).ImportImageTasks!.Single().Tags!.Single().Value.ShouldBe("disks");
        var tags = (await _cloud.CallAsync(Ec2Api.DescribeTags, new DescribeTagsRequest { Filters = [new() { Name = "key", Values = ["Team"] }] })).Tags!;
        tags.Select(tag => (tag.ResourceId!, tag.ResourceType!)).ShouldBe([(ids[0], "import-image-task")], "once, by its own kind");
    }

    [Fact]
    public async Task What_a_host_says_moves_a_task_and_a_failure_leaves_nothing()
    {
        var (id, snapshotId) = await BegunNowhereAsync();
        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Validating));
        (await ToldAsync(id)).StatusMessage.ShouldBe("validating");
        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Converting, 40));
        var moving = await ToldAsync(id);
        (moving.Status, moving.StatusMessage, moving.Progress, moving.SnapshotDetails![0].Progress).ShouldBe(("active", "converting", "38", "40"));

        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Failed, 0, "it is empty"));
        await _cloud.Cloud.WaitAsync(ImportTask.Table, ComputeFixture.Account, id, task => task!.State is ImportTaskState.Deleting, Cancel);
        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Gone));
        var ended = await EndedAsync(id);
        (ended.State, ended.StatusMessage, ended.HostId).ShouldBe((ImportTaskState.Deleted, "ClientError: Disk validation failed [it is empty]", null));
        _cloud.Cloud.Find(Snapshot.Table, ComputeFixture.Account, snapshotId).ShouldBeNull();
    }

    [Fact]
    public async Task A_task_is_cancelled_while_it_is_active_whatever_its_host_says_then()
    {
        var (id, snapshotId) = await BegunNowhereAsync();
        var cancelled = await _cloud.CallAsync(Ec2Api.CancelImportTask, new CancelImportTaskRequest { ImportTaskId = id });
        (cancelled.PreviousState, cancelled.State).ShouldBe(("active", "deleting"));
        (await RefusalOf(new CancelImportTaskRequest { ImportTaskId = id })).ShouldBe("IncorrectState");
        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Ready, 100) { Disk = new ImportedDisk(DiskFormat.Raw, 512, 1, true, true) });
        (await ToldAsync(id)).Status.ShouldBe("deleting");
        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Gone));
        (await EndedAsync(id)).State.ShouldBe(ImportTaskState.Deleted);
        _cloud.Cloud.ListAll(Snapshot.Table).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_image_whose_name_was_taken_meanwhile_comes_to_nothing()
    {
        var (id, snapshotId) = await BegunNowhereAsync();
        await _cloud.CallAsync(Ec2Api.CopyImage, new CopyImageRequest { Name = id, SourceImageId = ComputeFixture.ImageId, SourceRegion = "us-east-1" });
        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Ready, 100) { Disk = new ImportedDisk(DiskFormat.Raw, 512, 1, true, true) });
        await _cloud.Cloud.WaitAsync(ImportTask.Table, ComputeFixture.Account, id, task => task!.State is ImportTaskState.Deleting, Cancel);
        await ObserveAsync(new TransferStatus(snapshotId, TransferState.Gone));
        (await EndedAsync(id)).StatusMessage!.ShouldStartWith($"ClientError: AMI name {id} is already in use");
        _cloud.Cloud.Find(Snapshot.Table, ComputeFixture.Account, snapshotId).ShouldBeNull();
    }

    [Fact]
    public async Task A_reset_ends_what_is_under_way_and_leaves_other_accounts_theirs()
    {
        await EndedAsync((await _cloud.CallAsync(Ec2Api.ImportImage, OfImage("b.raw"))).ImportTaskId!);
        _cloud.PutFile(Bucket, "c.raw", account: ComputeFixture.OtherAccount);
        var theirs = (await _cloud.CallAsync(Ec2Api.ImportSnapshot, new ImportSnapshotRequest { DiskContainer = Snapshots("c.raw") }, ComputeFixture.OtherAccount)).ImportTaskId!;
        await _cloud.Cloud.WaitAsync(ImportTask.Table, ComputeFixture.OtherAccount, theirs, task => task is { EndTime: not null }, Cancel);
        await _cloud.CallAsync(Ec2Api.ImportSnapshot, new ImportSnapshotRequest { DiskContainer = Snapshots("b.raw") });
        await _cloud.Compute.Resetter.PrepareAsync(ComputeFixture.Account, Cancel);
        _cloud.Cloud.List(ImportTask.Table, ComputeFixture.Account).ShouldAllBe(task => task.HostId == null);
        _cloud.Cloud.ListAll(Snapshot.Table).Select(snapshot => snapshot.AccountId).ShouldBe([ComputeFixture.OtherAccount], "those of the account are gone from its host");
    }

    private static SnapshotDiskContainer Snapshots(string key) => new() { UserBucket = new() { S3Bucket = Bucket, S3Key = key } };

    /// <summary>An import on a host that nobody drives: it is what the test says it is.</summary>
    private async Task<(string Id, string SnapshotId)> BegunNowhereAsync()
    {
        await _cloud.Cloud.WriteAsync(transaction => transaction.Insert(HostRecord.Table, new HostRecord { Id = "aaa-nobody", Cpus = 1, MemoryMiB = 1 }), Cancel);
        var id = (await _cloud.CallAsync(Ec2Api.ImportImage, OfImage("b.raw"))).ImportTaskId!;
        var task = _cloud.Cloud.Find(ImportTask.Table, ComputeFixture.Account, id)!;
        task.HostId.ShouldBe("aaa-nobody");
        return (id, task.Disks[0].SnapshotId);
    }

    private Task ObserveAsync(TransferStatus status) =>
        new HostObservations(_cloud.Cloud, TimeProvider.System).TakeAsync("aaa-nobody", new HostReport { Sequence = 1, Full = false, AcceptedGeneration = 1, Transfers = [status] }, Cancel);

    private async Task<ImportImageTask> ToldAsync(string id) =>
        (await _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest { ImportTaskIds = [id] })).ImportImageTasks!.Single();

    private async Task<IReadOnlyList<ImportImageTask>> TasksAsync(string state) =>
        (await _cloud.CallAsync(Ec2Api.DescribeImportImageTasks, new DescribeImportImageTasksRequest { Filters = [new() { Name = "task-state", Values = [state] }] })).ImportImageTasks!;

    private async Task<ImportTask> EndedAsync(string id) =>
        (await _cloud.Cloud.WaitAsync(ImportTask.Table, ComputeFixture.Account, id, task => task is { EndTime: not null }, Cancel))!;

    private async Task<string> RefusalOf(ImportImageRequest input, string account = ComputeFixture.Account) =>
        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.ImportImage, input, account))).Code;

    private async Task<string> RefusalOf(CancelImportTaskRequest input, string account = ComputeFixture.Account) =>
        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.CancelImportTask, input, account))).Code;

    private static ImportImageRequest OfImage(params IEnumerable<string> keys) => new() { DiskContainers = [.. keys.Select(Container)] };

    private static ImageDiskContainer Container(string key) => new() { UserBucket = new() { S3Bucket = Bucket, S3Key = key } };
}
