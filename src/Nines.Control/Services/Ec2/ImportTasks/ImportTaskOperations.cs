using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>What a client may ask about imports.</summary>
internal sealed class ImportTaskOperations(Cloud cloud) : IOperations
{
    private static readonly PageLimits s_pages = new(1, 1000);

    /// <summary>The filters of both operations.</summary>
    internal static readonly FilterSet<ImportTask> Filters = new FilterSet<ImportTask>().Add("task-state", task => ImportTaskDescriptions.Name(task.State));

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeImportImageTasks, DescribeImagesAsync);
        table.On(Ec2Api.DescribeImportSnapshotTasks, DescribeSnapshotsAsync);
    }

    private ValueTask<DescribeImportImageTasksResult> DescribeImagesAsync(DescribeImportImageTasksRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeImportImageTasks", call.AccountId, input.Filters));
        var tasks = Lookup.Select<ImportTask, ImportImageTaskId>(cloud, ImportTask.Table, call.AccountId, input.ImportTaskIds, page.AfterKey);
        var (items, next) = page.Take(tasks.Where(task => task.IsImage).Where(matches), task => task.Id);
        return new(new DescribeImportImageTasksResult { ImportImageTasks = [.. items.Select(ImportTaskDescriptions.Image)], NextToken = next });
    }

    private ValueTask<DescribeImportSnapshotTasksResult> DescribeSnapshotsAsync(DescribeImportSnapshotTasksRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeImportSnapshotTasks", call.AccountId, input.Filters));
        var tasks = Lookup.Select<ImportTask, ImportSnapshotTaskId>(cloud, ImportTask.Table, call.AccountId, input.ImportTaskIds, page.AfterKey);
        var (items, next) = page.Take(tasks.Where(task => !task.IsImage).Where(matches), task => task.Id);
        return new(new DescribeImportSnapshotTasksResult { ImportSnapshotTasks = [.. items.Select(ImportTaskDescriptions.Snapshot)], NextToken = next });
    }
}
