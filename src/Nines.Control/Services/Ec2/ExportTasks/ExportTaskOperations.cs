using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;
using Image = Nines.Control.Services.Ec2.Images.Image;
using ImageState = Nines.Control.Services.Ec2.Images.ImageState;

namespace Nines.Control.Services.Ec2.ExportTasks;

/// <summary>What a client may ask of exports of images.</summary>
internal sealed class ExportTaskOperations(Cloud cloud, IIdSource ids, BucketFolders buckets, ImageCatalog catalog) : IOperations
{
    private const string Cancelled = "User initiated task cancelation.";
    private const string DefaultRole = "vmimport";

    private static readonly PageLimits s_pages = new(1, 1000);

    /// <summary>The filters of DescribeExportImageTasks.</summary>
    internal static readonly FilterSet<ExportTask> Filters = new FilterSet<ExportTask>().Add("task-state", task => ImportTaskDescriptions.Name(task.State));

    private static string ResourceType => ResourceKind.ExportImageTask.ResourceType;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.ExportImage, ExportAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeExportImageTasks, DescribeAsync);
        table.On(Ec2Api.CancelExportTask, CancelAsync);
    }

    private async ValueTask<ExportImageResult> ExportAsync(ExportImageRequest input, Call call, CancellationToken cancellationToken)
    {
        var imageId = ResourceId.Parse<ImageId>(input.ImageId ?? throw Ec2Errors.MissingParameter("ImageId")).Value;
        var place = input.S3ExportLocation ?? throw Ec2Errors.MissingParameter("S3ExportLocation");
        var asked = new ExportTask
        {
            AccountId = call.AccountId,
            Id = ids.Next(ResourceKind.ExportImageTask.Prefix),
            ImageId = imageId,
            Bucket = place.S3Bucket ?? throw Ec2Errors.MissingParameter("S3ExportLocation.S3Bucket"),
            Prefix = place.S3Prefix ?? "",
            Format = FormatOf(input.DiskImageFormat ?? throw Ec2Errors.MissingParameter("DiskImageFormat")),
            Description = input.Description,
            RoleName = input.RoleName ?? DefaultRole,
            ClientToken = ClientToken.Parse(input.ClientToken),
            StartTime = call.Now,
            Tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType),
        };
        if (!BucketFolders.IsPrefix(asked.Prefix))
        {
            throw Ec2Errors.InvalidValue("S3ExportLocation.S3Prefix", asked.Prefix, "It must be the beginning of a key that does not lead out of its bucket.");
        }

        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var task = await cloud.WriteAsync(call, transaction => Begin(transaction, asked, fingerprint, call), cancellationToken);
        var told = ExportTaskDescriptions.Describe(task);
        return new ExportImageResult
        {
            Description = told.Description,
            DiskImageFormat = input.DiskImageFormat,
            ExportImageTaskId = told.ExportImageTaskId,
            ImageId = told.ImageId,
            Progress = told.Progress,
            RoleName = task.RoleName,
            S3ExportLocation = told.S3ExportLocation,
            Status = told.Status,
            StatusMessage = told.StatusMessage,
            Tags = told.Tags,
        };
    }

    private ExportTask Begin(CloudTransaction transaction, ExportTask asked, string fingerprint, Call call)
    {
        if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, asked.ClientToken, fingerprint) is { } earlier)
        {
            return transaction.Find(ExportTask.Table, call.AccountId, earlier)!;
        }

        var task = SourceOf(transaction, asked, call);
        if (!buckets.Has(call.AccountId, task.Bucket))
        {
            throw ExportTaskErrors.NoBucket(task.Bucket);
        }

        var others = transaction.List(ExportTask.Table, call.AccountId).Where(other => other.HostId is not null).ToList();
        if (others.Find(other => other.ImageId == task.ImageId) is { } same)
        {
            throw ExportTaskErrors.UnderWay(task.ImageId, same.Id);
        }

        if (others.Count >= TransferHosts.MaxActive)
        {
            throw ImportTaskErrors.TooMany(TransferHosts.MaxActive);
        }

        call.AnswerDryRun();
        transaction.Insert(ExportTask.Table, task);
        ClientToken.Remember(transaction, call.AccountId, ResourceType, task.ClientToken, fingerprint, task.Id);
        return task;
    }

    /// <summary>The task with the disk that it is of and the host that has that.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidAMIID.NotFound</c>, <c>InvalidAMIID.Unavailable</c>, <c>NotExportable</c>.</exception>
    private ExportTask SourceOf(CloudTransaction transaction, ExportTask task, Call call)
    {
        if (transaction.Find(Image.Table, call.AccountId, task.ImageId) is not { } image)
        {
            throw catalog.Find(call.AccountId, task.ImageId) is null
                ? Ec2Errors.NotFound(ResourceKind.Image, task.ImageId)
                : ExportTaskErrors.NotExportable(task.ImageId, "it belongs to another account. Copy it first.");
        }

        if (image.State is not ImageState.Available)
        {
            throw ImageErrors.NotAvailable(image.Id);
        }

        if (image.BootMode is null)
        {
            throw ExportTaskErrors.NotExportable(image.Id, "it is started with a kernel that lies beside its disk, which no other hypervisor would find.");
        }

        if (image.Disks.Length > 1)
        {
            throw ExportTaskErrors.NotExportable(image.Id, "it has more than one disk.");
        }

        var snapshot = SnapshotCatalog.DemandOf(transaction, image, image.RootSnapshotId);
        if (snapshot.Key is not null)
        {
            throw ExportTaskErrors.NotExportable(image.Id, $"its snapshot {snapshot.Id} is encrypted.");
        }

        return snapshot.HostId is { } hostId
            ? task with { HostId = hostId, SnapshotId = snapshot.Id }
            : task with { HostId = TransferHosts.Choose(transaction, call.AccountId), ImageDigest = snapshot.ImageDigest };
    }

    private ValueTask<DescribeExportImageTasksResult> DescribeAsync(DescribeExportImageTasksRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeExportImageTasks", call.AccountId, input.Filters));
        var tasks = Lookup.Select<ExportTask, ExportImageTaskId>(cloud, ExportTask.Table, call.AccountId, input.ExportImageTaskIds, page.AfterKey);
        var (items, next) = page.Take(tasks.Where(matches), task => task.Id);
        return new(new DescribeExportImageTasksResult { ExportImageTasks = [.. items.Select(ExportTaskDescriptions.Describe)], NextToken = next });
    }

    private async ValueTask<CancelExportTaskResult> CancelAsync(CancelExportTaskRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<ExportImageTaskId>(input.ExportTaskId ?? throw Ec2Errors.MissingParameter("ExportTaskId")).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var task = transaction.Find(ExportTask.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.ExportImageTask, id);
                transaction.Put(
                    ExportTask.Table,
                    task.State is ImportTaskState.Active ? ExportTaskPlan.Fail(task, Cancelled) : throw ImportTaskErrors.NotActive(id, ImportTaskDescriptions.Name(task.State)));
            },
            cancellationToken);
        return new CancelExportTaskResult();
    }

    private static DiskFormat FormatOf(string format) => format switch
    {
        DiskImageFormat.VMDK => DiskFormat.Vmdk,
        DiskImageFormat.RAW => DiskFormat.Raw,
        DiskImageFormat.VHD => DiskFormat.Vhd,
        _ => throw Ec2Errors.InvalidValue("DiskImageFormat", format, "Valid values: VMDK, RAW, VHD."),
    };
}
