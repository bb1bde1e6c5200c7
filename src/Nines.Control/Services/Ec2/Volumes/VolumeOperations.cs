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
        .Add("attachment.attach-time", volume => Time(volume.Attachment?.AttachTime))
        .Add("attachment.delete-on-termination", volume => volume.Attachment is { } attachment ? attachment.DeleteOnTermination ? "true" : "false" : null)
        .Add("attachment.device", volume => volume.Attachment?.DeviceName)
        .Add("attachment.instance-id", volume => volume.Attachment?.InstanceId)
        .Add("attachment.status", volume => volume.Attachment is null ? null : AttachmentState(volume))
        .Add("availability-zone", volume => volume.Zone)
        .Add("create-time", volume => Time(volume.CreateTime))
        .Add("encrypted", _ => false)
        .Add("multi-attach-enabled", _ => false)
        .Add("fast-restored", _ => false)
        .Add("size", volume => volume.SizeGiB)
        .Add("snapshot-id", volume => volume.SnapshotId)
        .Add("status", volume => Name(volume.State))
        .Add("volume-id", volume => volume.Id)
        .Add("volume-type", volume => volume.VolumeType)
        .AddNeverMatching("operator.managed", "operator.principal")
        .AddTags(volume => volume.Tags);

    public void Map(OperationTable table) => table.On(Ec2Api.DescribeVolumes, DescribeAsync, answersDryRun: true);

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
        return ValueTask.FromResult(new DescribeVolumesResult { Volumes = [.. items.Select(Map)], NextToken = next });
    }

    private IEnumerable<Volume> FindAll(IReadOnlyList<VolumeId> ids, string accountId)
    {
        var found = ids.Select(id => cloud.Find(Volume.Table, accountId, id.Value)).ToArray();
        var missing = ids.Where((_, index) => found[index] is null).Select(id => id.Value).ToArray();
        return missing.Length == 0 ? found.OfType<Volume>().OrderBy(volume => volume.Id, StringComparer.Ordinal) : throw Ec2Errors.NotFound(ResourceKind.Volume, missing);
    }

    private static Api.Ec2.Volume Map(Volume volume) => new()
    {
        Attachments = volume.Attachment is not { } attachment ? [] :
        [
            new Api.Ec2.VolumeAttachment
            {
                AttachTime = attachment.AttachTime,
                Device = attachment.DeviceName,
                InstanceId = attachment.InstanceId,
                State = AttachmentState(volume),
                VolumeId = volume.Id,
                DeleteOnTermination = attachment.DeleteOnTermination,
            },
        ],
        AvailabilityZone = volume.Zone,
        CreateTime = volume.CreateTime,
        Encrypted = false,
        Size = volume.SizeGiB,
        SnapshotId = volume.SnapshotId ?? "",
        State = Name(volume.State),
        VolumeId = volume.Id,
        Iops = volume.Iops,
        Tags = volume.Tags.ToApiOrNull(),
        VolumeType = volume.VolumeType,
        MultiAttachEnabled = false,
        Throughput = volume.ThroughputMiBps,
    };

    private static string AttachmentState(Volume volume) => volume.Ready ? "attached" : "attaching";

    private static string Name(VolumeState state) => state switch
    {
        VolumeState.Creating => "creating",
        VolumeState.Available => "available",
        VolumeState.InUse => "in-use",
        VolumeState.Deleting => "deleting",
        VolumeState.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
