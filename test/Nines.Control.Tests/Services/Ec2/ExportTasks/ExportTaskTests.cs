using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.ExportTasks;

public sealed class ExportTaskTests : IAsyncLifetime
{
    private const string Bucket = "exports";
    private ComputeFixture _cloud = null!;
    private string _imageId = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        await _cloud.AddOtherAccountAsync();
        _cloud.PutFile(Bucket, "a.raw");
        _imageId = await ImportAsync();
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_image_becomes_a_file_of_a_bucket()
    {
        var asked = Of(_imageId) with
        {
            ClientToken = "once",
            Description = "away",
            S3ExportLocation = new() { S3Bucket = Bucket, S3Prefix = "vms/" },
            TagSpecifications = [new() { ResourceType = "export-image-task", Tags = [new() { Key = "Who", Value = "me" }] }],
        };
        var begun = await _cloud.CallAsync(Ec2Api.ExportImage, asked);
        (begun.Status, begun.StatusMessage, begun.Progress, begun.RoleName, begun.DiskImageFormat, begun.ImageId).ShouldBe(("active", "pending", "0", "vmimport", "VMDK", _imageId));
        (begun.S3ExportLocation!.S3Bucket, begun.S3ExportLocation.S3Prefix).ShouldBe((Bucket, "vms/"));
        var done = await EndedAsync(begun.ExportImageTaskId!);
        (done.State, done.HostId, ExportTaskPlan.KeyOf(done)).ShouldBe((ImportTaskState.Completed, null, $"vms/{done.Id}.vmdk"));
        (await _cloud.CallAsync(Ec2Api.ExportImage, asked)).ExportImageTaskId.ShouldBe(done.Id);
        (await RefusalOf(asked with { DiskImageFormat = "RAW" })).ShouldBe("IdempotentParameterMismatch");
        var told = (await _cloud.CallAsync(Ec2Api.DescribeExportImageTasks, new DescribeExportImageTasksRequest { Filters = [new() { Name = "task-state", Values = ["completed"] }] })).ExportImageTasks!.Single();
        (told.ExportImageTaskId, told.Status, told.Progress, told.Tags!.Single().Value).ShouldBe((done.Id, "completed", null, "me"));
        (await _cloud.CallAsync(Ec2Api.DescribeExportImageTasks, new DescribeExportImageTasksRequest(), ComputeFixture.OtherAccount)).ExportImageTasks.ShouldBeEmpty();
        (await CancelRefusalOf(done.Id)).ShouldBe("IncorrectState");
        (await CancelRefusalOf(done.Id, ComputeFixture.OtherAccount)).ShouldBe("InvalidExportTaskID.NotFound");
        (await CancelRefusalOf("export-i-0123456789abcdef0")).ShouldBe("InvalidExportTaskID.Malformed");
    }

    [Fact]
    public async Task What_cannot_go_is_refused()
    {
        var encrypted = await ImportAsync(encrypted: true);
        var twoDisks = await ImportAsync(disks: 2);
        (string Code, ExportImageRequest Input)[] cases =
        [
            ("NotExportable", Of(ComputeFixture.ImageId)),
            ("NotExportable", Of(encrypted)),
            ("NotExportable", Of(twoDisks)),
            ("InvalidAMIID.NotFound", Of("ami-00000000000000000")),
            ("InvalidAMIID.Malformed", Of("image")),
            ("InvalidParameterValue", Of(_imageId) with { DiskImageFormat = "OVA" }),
            ("InvalidParameter", Of(_imageId) with { S3ExportLocation = new() { S3Bucket = "missing" } }),
            ("InvalidParameterValue", Of(_imageId) with { S3ExportLocation = new() { S3Bucket = Bucket, S3Prefix = "../" } }),
            ("InvalidParameterValue", Of(_imageId) with { S3ExportLocation = new() { S3Bucket = Bucket, S3Prefix = "/etc/" } }),
            ("MissingParameter", Of(_imageId) with { S3ExportLocation = null }),
            ("MissingParameter", Of(_imageId) with { DiskImageFormat = null }),
            ("DryRunOperation", Of(_imageId) with { DryRun = true }),
        ];
        foreach (var (code, input) in cases)
        {
            (await RefusalOf(input)).ShouldBe(code);
        }

        (await RefusalOf(Of(_imageId), ComputeFixture.OtherAccount)).ShouldBe("InvalidAMIID.NotFound");
        _cloud.Cloud.ListAll(ExportTask.Table).ShouldBeEmpty();
    }

    [Fact]
    public void What_a_host_says_moves_a_task_until_it_is_over()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var task = new ExportTask { AccountId = "1", Id = "export-ami-1", HostId = "host-1", ImageId = _imageId, Bucket = Bucket, Format = DiskFormat.Vhd, StartTime = now };
        var moving = ExportTaskPlan.Observe(task, new TransferStatus(task.Id, TransferState.Converting, 30), now);
        var told = ExportTaskDescriptions.Describe(moving);
        (told.Status, told.StatusMessage, told.Progress).ShouldBe(("active", "converting", "30"));
        ExportTaskPlan.Observe(moving, new TransferStatus(task.Id, TransferState.Converting, 30), now).ShouldBeSameAs(moving);
        var failed = ExportTaskPlan.Observe(moving, new TransferStatus(task.Id, TransferState.Failed, 0, "No space left on device"), now);
        (failed.State, failed.StatusMessage, ExportTaskPlan.Wanted(failed).Presence).ShouldBe((ImportTaskState.Deleting, "ServerError: an internal error has occurred during conversion. [No space left on device]", Presence.Absent));
        ExportTaskPlan.Observe(failed, new TransferStatus(task.Id, TransferState.Ready, 100), now).ShouldBeSameAs(failed);
        ExportTaskPlan.Observe(failed, new TransferStatus(task.Id, TransferState.Gone), now).State.ShouldBe(ImportTaskState.Deleted);
    }

    [Fact]
    public async Task An_export_is_cancelled_while_it_is_active_and_one_of_an_image_goes_at_a_time()
    {
        // Its host is driven by nobody, so nothing happens by itself.
        await _cloud.Cloud.WriteAsync(
            transaction =>
            {
                transaction.Insert(HostRecord.Table, new HostRecord { Id = "nobody", Cpus = 1, MemoryMiB = 1 });
                var image = transaction.Find(Control.Services.Ec2.Images.Image.Table, ComputeFixture.Account, _imageId)!;
                transaction.Put(Control.Services.Ec2.Snapshots.Snapshot.Table, transaction.Find(Control.Services.Ec2.Snapshots.Snapshot.Table, ComputeFixture.Account, image.RootSnapshotId)! with { HostId = "nobody" });
            },
            Cancel);
        var id = (await _cloud.CallAsync(Ec2Api.ExportImage, Of(_imageId))).ExportImageTaskId!;
        (await RefusalOf(Of(_imageId))).ShouldBe("IncorrectState");
        await _cloud.CallAsync(Ec2Api.CancelExportTask, new CancelExportTaskRequest { ExportTaskId = id });
        var told = (await _cloud.CallAsync(Ec2Api.DescribeExportImageTasks, new DescribeExportImageTasksRequest { ExportImageTaskIds = [id] })).ExportImageTasks!.Single();
        (told.Status, told.StatusMessage).ShouldBe(("deleting", "User initiated task cancelation."));
    }

    private static ExportImageRequest Of(string imageId) => new() { ImageId = imageId, DiskImageFormat = "VMDK", S3ExportLocation = new() { S3Bucket = Bucket } };

    private async Task<string> ImportAsync(bool? encrypted = null, int disks = 1)
    {
        var containers = Enumerable.Repeat(new ImageDiskContainer { UserBucket = new() { S3Bucket = Bucket, S3Key = "a.raw" } }, disks);
        var id = (await _cloud.CallAsync(Ec2Api.ImportImage, new ImportImageRequest { Encrypted = encrypted, DiskContainers = [.. containers] })).ImportTaskId!;
        return (await _cloud.Cloud.WaitAsync(ImportTask.Table, ComputeFixture.Account, id, task => task is { EndTime: not null }, Cancel))!.ImageId!;
    }

    private async Task<ExportTask> EndedAsync(string id) => (await _cloud.Cloud.WaitAsync(ExportTask.Table, ComputeFixture.Account, id, task => task is { EndTime: not null }, Cancel))!;

    private async Task<string> RefusalOf(ExportImageRequest input, string account = ComputeFixture.Account) =>
        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.ExportImage, input, account))).Code;

    private async Task<string> CancelRefusalOf(string id, string account = ComputeFixture.Account) =>
        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.CancelExportTask, new CancelExportTaskRequest { ExportTaskId = id }, account))).Code;
}
