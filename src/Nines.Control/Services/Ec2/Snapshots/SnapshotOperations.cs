using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>What a client may ask of snapshots.</summary>
internal sealed class SnapshotOperations(Cloud cloud, IIdSource ids, SnapshotCatalog catalog) : IOperations
{
    private const string ResourceType = "snapshot";
    private const string Self = "self";
    private const string Everybody = "all";

    // Larger pages are cut to the largest (EC2 API Reference: DescribeSnapshots).
    private static readonly PageLimits s_limits = new(5, 1000) { Clamps = true };

    private static readonly FilterSet<Snapshot> s_filters = new FilterSet<Snapshot>()
        .Add("description", snapshot => snapshot.Description)
        .Add("encrypted", _ => false)
        .Add("owner-alias", SnapshotDescriptions.AliasOf)
        .Add("owner-id", snapshot => snapshot.AccountId)
        .Add("progress", snapshot => snapshot.Progress)
        .Add("snapshot-id", snapshot => snapshot.Id)
        .Add("start-time", snapshot => VolumeDescriptions.Time(snapshot.StartTime))
        .Add("status", snapshot => SnapshotDescriptions.Name(snapshot.State))
        .Add("storage-tier", _ => StorageTier.Standard)
        .Add("volume-id", snapshot => snapshot.VolumeId)
        .Add("volume-size", snapshot => snapshot.SizeGiB)
        .AddNeverMatching("transfer-type")
        .AddTags(snapshot => snapshot.Tags);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateSnapshot, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteSnapshot, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeSnapshots, DescribeAsync, answersDryRun: true);
    }

    private async ValueTask<CreateSnapshotResult> CreateAsync(CreateSnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var volumeId = ResourceId.Parse<VolumeId>(input.VolumeId ?? throw Ec2Errors.MissingParameter("volumeId")).Value;
        if (input.OutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }

        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var snapshot = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var volume = transaction.Find(Volume.Table, call.AccountId, volumeId) ?? throw Ec2Errors.NotFound(ResourceKind.Volume, volumeId);
                if (volume.State is not (VolumeState.Available or VolumeState.InUse))
                {
                    throw VolumeErrors.NotAvailable(volume.Id, VolumeDescriptions.Name(volume.State));
                }

                call.AnswerDryRun();
                var made = new Snapshot
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("snap"),
                    VolumeId = volume.Id,
                    SizeGiB = volume.SizeGiB,
                    HostId = volume.HostId,
                    ImageDigest = volume.HostId is null ? volume.ImageDigest : null,
                    BootDigest = volume.ImageDigest ?? volume.BootDigest,

                    // Of a volume that lies nowhere yet there is nothing to keep.
                    State = volume.HostId is null ? SnapshotState.Completed : SnapshotState.Pending,
                    StartTime = call.Now,
                    Description = input.Description ?? "",
                    Tags = tags,
                };
                transaction.Insert(Snapshot.Table, made);
                return made;
            },
            cancellationToken);
        return new CreateSnapshotResult
        {
            Description = snapshot.Description,
            Encrypted = false,
            OwnerId = snapshot.AccountId,
            Progress = "",
            SnapshotId = snapshot.Id,
            StartTime = snapshot.StartTime,
            State = Api.Ec2.SnapshotState.Pending,
            VolumeId = snapshot.VolumeId,
            VolumeSize = snapshot.SizeGiB,
            Tags = snapshot.Tags.ToApiOrNull(),
        };
    }

    private async ValueTask<DeleteSnapshotResult> DeleteAsync(DeleteSnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<SnapshotId>(input.SnapshotId ?? throw Ec2Errors.MissingParameter("snapshotId")).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.Find(Snapshot.Table, call.AccountId, id) is not { State: not SnapshotState.Deleting } snapshot)
                {
                    throw catalog.ImageOf(call.AccountId, id) is { } image ? SnapshotErrors.InUse(id, image.Id)
                        : catalog.Find(call.AccountId, id) is null ? Ec2Errors.NotFound(ResourceKind.Snapshot, id) : SnapshotErrors.NotOwner(id);
                }

                call.AnswerDryRun();
                if (snapshot.HostId is null)
                {
                    transaction.Delete(Snapshot.Table, snapshot);
                }
                else
                {
                    transaction.Put(Snapshot.Table, snapshot with { State = SnapshotState.Deleting });
                }
            },
            cancellationToken);
        return new DeleteSnapshotResult();
    }

    /// <summary>Snapshots, ordered by id.</summary>
    private ValueTask<DescribeSnapshotsResult> DescribeAsync(DescribeSnapshotsRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.SnapshotIds, "snapshotSet");
        var page = PageRequest.Parse(s_limits, input.MaxResults, input.NextToken, new PageScope(
            "DescribeSnapshots", call.AccountId, input.Filters, [.. input.OwnerIds ?? [], null, .. input.RestorableByUserIds ?? []]));
        var matches = s_filters.Compile(input.Filters);
        var snapshots = Named(call.AccountId, input.SnapshotIds)
            .Where(snapshot => page.AfterKey is null || string.CompareOrdinal(snapshot.Id, page.AfterKey) > 0)
            .Where(snapshot => IsOwnedByOneOf(snapshot, call.AccountId, input.OwnerIds) && IsRestorableByOneOf(snapshot, call.AccountId, input.RestorableByUserIds))
            .Where(matches);
        call.AnswerDryRun();
        var (items, next) = page.Take(snapshots, snapshot => snapshot.Id);
        return ValueTask.FromResult(new DescribeSnapshotsResult { Snapshots = [.. items.Select(SnapshotDescriptions.Describe)], NextToken = next });
    }

    private IEnumerable<Snapshot> Named(string accountId, IReadOnlyList<string>? named)
    {
        var parsed = ResourceId.ParseAll<SnapshotId>(named);
        if (parsed.Count == 0)
        {
            return catalog.Visible(accountId);
        }

        var found = parsed.Select(id => catalog.Find(accountId, id.Value)).ToArray();
        var missing = parsed.Where((_, index) => found[index] is null).Select(id => id.Value).ToArray();
        return missing.Length == 0 ? found.OfType<Snapshot>().OrderBy(snapshot => snapshot.Id, StringComparer.Ordinal) : throw Ec2Errors.NotFound(ResourceKind.Snapshot, missing);
    }

    private static bool IsOwnedByOneOf(Snapshot snapshot, string accountId, IReadOnlyList<string>? owners) => owners is null or []
        || owners.Any(owner => owner == Self ? snapshot.AccountId == accountId : owner == snapshot.AccountId || owner == SnapshotDescriptions.AliasOf(snapshot));

    /// <summary>An account's own and those shared with it are its to restore, and public ones everybody's.</summary>
    private static bool IsRestorableByOneOf(Snapshot snapshot, string accountId, IReadOnlyList<string>? users) => users is null or []
        || users.Any(user => user == Everybody ? snapshot.IsPublic : snapshot.IsOf(user == Self ? accountId : user));
}
