using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>What a client may ask of volumes.</summary>
internal sealed class VolumeOperations(Cloud cloud) : IOperations
{
    // Larger pages are cut to the largest (EC2 API Reference: DescribeVolumes).
    private static readonly PageLimits s_limits = new(5, 1000) { Clamps = true };

    private static readonly FilterSet<Volume> s_filters = new FilterSet<Volume>()
        .Add("attachment.attach-time", volume => VolumeDescriptions.Time(volume.Attachment?.AttachTime))
        .Add("attachment.delete-on-termination", volume => volume.Attachment is { } attachment ? attachment.DeleteOnTermination ? "true" : "false" : null)
        .Add("attachment.device", volume => volume.Attachment?.DeviceName)
        .Add("attachment.instance-id", volume => volume.Attachment?.InstanceId)
        .Add("attachment.status", volume => volume.Attachment is { } attachment ? VolumeDescriptions.StatusOf(attachment) : null)
        .Add("availability-zone", volume => volume.Zone)
        .Add("create-time", volume => VolumeDescriptions.Time(volume.CreateTime))
        .Add("encrypted", volume => volume.Key is not null)
        .Add("multi-attach-enabled", _ => false)
        .Add("fast-restored", _ => false)
        .Add("size", volume => volume.SizeGiB)
        .Add("snapshot-id", volume => volume.SnapshotId)
        .Add("status", volume => VolumeDescriptions.Name(volume.State))
        .Add("volume-id", volume => volume.Id)
        .Add("volume-type", volume => volume.VolumeType)
        .AddNeverMatching("operator.managed", "operator.principal")
        .AddTags(volume => volume.Tags);

    private static readonly FilterSet<Volume> s_modificationFilters = new FilterSet<Volume>()
        .Add("modification-state", volume => VolumeDescriptions.StateOf(volume.Modification!))
        .Add("original-iops", volume => Number(volume.Modification!.Original.Iops))
        .Add("original-size", volume => volume.Modification!.Original.SizeGiB)
        .Add("original-volume-type", volume => volume.Modification!.Original.VolumeType)
        .Add("originalMultiAttachEnabled", _ => false)
        .Add("start-time", volume => VolumeDescriptions.Time(volume.Modification!.StartTime))
        .Add("target-iops", volume => Number(volume.Modification!.Target.Iops))
        .Add("target-size", volume => volume.Modification!.Target.SizeGiB)
        .Add("target-volume-type", volume => volume.Modification!.Target.VolumeType)
        .Add("targetMultiAttachEnabled", _ => false)
        .Add("volume-id", volume => volume.Id);

    private static readonly FilterSet<Volume> s_statusFilters = new FilterSet<Volume>()
        .Add("availability-zone", volume => volume.Zone)
        .AddMany("event.description", volume => VolumeDescriptions.DescribeStatus(volume).Events!.Select(happened => happened.Description))
        .AddMany("event.event-type", volume => VolumeDescriptions.DescribeStatus(volume).Events!.Select(happened => happened.EventType))
        .AddMany("event.not-before", volume => VolumeDescriptions.DescribeStatus(volume).Events!.Select(happened => VolumeDescriptions.Time(happened.NotBefore)))
        .AddMany("volume-status.details-name", volume => VolumeDescriptions.DescribeStatus(volume).VolumeStatus!.Details!.Select(detail => (string?)detail.Name))
        .AddMany("volume-status.details-status", volume => VolumeDescriptions.DescribeStatus(volume).VolumeStatus!.Details!.Select(detail => detail.Status))
        .Add("volume-status.status", volume => VolumeDescriptions.DescribeStatus(volume).VolumeStatus!.Status)
        .AddMany("action.code", volume => VolumeDescriptions.DescribeStatus(volume).Actions!.Select(action => action.Code))
        .AddMany("action.description", volume => VolumeDescriptions.DescribeStatus(volume).Actions!.Select(action => action.Description))
        .AddMany("action.event-id", volume => VolumeDescriptions.DescribeStatus(volume).Actions!.Select(action => action.EventId))
        .AddMany("event.event-id", volume => VolumeDescriptions.DescribeStatus(volume).Events!.Select(happened => happened.EventId))
        .AddNeverMatching("event.not-after");

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeVolumes, DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeVolumeStatus, DescribeStatusAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeVolumeAttribute, DescribeAttributeAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeVolumesModifications, DescribeModificationsAsync, answersDryRun: true);
    }

    /// <summary>Volumes, ordered by id.</summary>
    public ValueTask<DescribeVolumesResult> DescribeAsync(DescribeVolumesRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.VolumeIds, "volumeSet");
        var ids = ResourceId.ParseAll<VolumeId>(input.VolumeIds);
        var page = PageRequest.Parse(s_limits, input.MaxResults, input.NextToken, new PageScope("DescribeVolumes", call.AccountId, input.Filters));
        var matches = s_filters.Compile(input.Filters);
        var volumes = ids.Count > 0 ? FindAll(ids, call.AccountId) : cloud.List(Volume.Table, call.AccountId, page.AfterKey);
        call.AnswerDryRun();
        var (items, next) = page.Take(volumes.Where(matches), volume => volume.Id);
        return ValueTask.FromResult(new DescribeVolumesResult { Volumes = [.. items.Select(VolumeDescriptions.Describe)], NextToken = next });
    }

    /// <summary>Whether volumes can be read and written, ordered by id.</summary>
    public ValueTask<DescribeVolumeStatusResult> DescribeStatusAsync(DescribeVolumeStatusRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.VolumeIds, "volumeSet");
        var page = PageRequest.Parse(s_limits, input.MaxResults, input.NextToken, new PageScope("DescribeVolumeStatus", call.AccountId, input.Filters));
        var matches = s_statusFilters.Compile(input.Filters);
        var volumes = Lookup.Select<Volume, VolumeId>(cloud, Volume.Table, call.AccountId, input.VolumeIds, page.AfterKey);
        call.AnswerDryRun();
        var (items, next) = page.Take(volumes.Where(volume => volume.State != VolumeState.Deleting).Where(matches), volume => volume.Id);
        return ValueTask.FromResult(new DescribeVolumeStatusResult { VolumeStatuses = [.. items.Select(VolumeDescriptions.DescribeStatus)], NextToken = next });
    }

    private ValueTask<DescribeVolumeAttributeResult> DescribeAttributeAsync(DescribeVolumeAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var volume = FindAll([ResourceId.Parse<VolumeId>(input.VolumeId)], call.AccountId).Single();
        call.AnswerDryRun();
        return ValueTask.FromResult(input.Attribute switch
        {
            VolumeAttributeName.AutoEnableIO =>
                new DescribeVolumeAttributeResult { VolumeId = volume.Id, AutoEnableIO = new AttributeBooleanValue { Value = volume.AutoEnableIo } },
            VolumeAttributeName.ProductCodes => new DescribeVolumeAttributeResult { VolumeId = volume.Id, ProductCodes = [] },
            _ => throw Ec2Errors.InvalidValue("attribute", input.Attribute, "Unknown attribute."),
        });
    }

    /// <summary>The newest change of each volume that was ever changed.</summary>
    public ValueTask<DescribeVolumesModificationsResult> DescribeModificationsAsync(DescribeVolumesModificationsRequest input, Call call, CancellationToken cancellationToken)
    {
        var page = PageRequest.Parse(new PageLimits(1, 500), input.MaxResults, input.NextToken, new PageScope("DescribeVolumesModifications", call.AccountId, input.Filters));
        var matches = s_modificationFilters.Compile(input.Filters);
        var volumes = Lookup.Select<Volume, VolumeId>(cloud, Volume.Table, call.AccountId, input.VolumeIds, page.AfterKey).ToArray();
        if (input.VolumeIds is { Count: > 0 } && volumes.Where(volume => volume.Modification is null).Select(volume => volume.Id).ToArray() is { Length: > 0 } never)
        {
            throw VolumeErrors.NeverModified(never);
        }

        call.AnswerDryRun();
        var (items, next) = page.Take(volumes.Where(volume => volume.Modification is not null).Where(matches), volume => volume.Id);
        return ValueTask.FromResult(new DescribeVolumesModificationsResult { VolumesModifications = [.. items.Select(VolumeDescriptions.DescribeModification)], NextToken = next });
    }

    private IEnumerable<Volume> FindAll(IReadOnlyList<VolumeId> ids, string accountId)
    {
        var found = ids.Select(id => cloud.Find(Volume.Table, accountId, id.Value)).ToArray();
        var missing = ids.Where((_, index) => found[index] is null).Select(id => id.Value).ToArray();
        return missing.Length == 0 ? found.OfType<Volume>().OrderBy(volume => volume.Id, StringComparer.Ordinal) : throw Ec2Errors.NotFound(ResourceKind.Volume, missing);
    }

    private static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
