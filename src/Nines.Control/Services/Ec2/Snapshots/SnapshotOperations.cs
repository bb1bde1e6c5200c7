using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Volumes;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>What a client may ask of snapshots.</summary>
internal sealed class SnapshotOperations(SnapshotCatalog catalog) : IOperations
{
    private const string Self = "self";
    private const string Everybody = "all";

    // Larger pages are cut to the largest (EC2 API Reference: DescribeSnapshots).
    private static readonly PageLimits s_limits = new(5, 1000) { Clamps = true };

    private static readonly FilterSet<Snapshot> s_filters = new FilterSet<Snapshot>()
        .Add("description", snapshot => snapshot.Description)
        .Add("encrypted", snapshot => snapshot.Key is not null)
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

    public void Map(OperationTable table) => table.On(Ec2Api.DescribeSnapshots, DescribeAsync, answersDryRun: true);

    /// <summary>Snapshots, ordered by id.</summary>
    private ValueTask<DescribeSnapshotsResult> DescribeAsync(DescribeSnapshotsRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.SnapshotIds, "snapshotSet");
        var page = PageRequest.Parse(s_limits, input.MaxResults, input.NextToken, new PageScope(
            "DescribeSnapshots", call.AccountId, input.Filters, [.. input.OwnerIds ?? [], null, .. input.RestorableByUserIds ?? []]));
        var matches = s_filters.Compile(input.Filters);
        var snapshots = Named(call.AccountId, input.SnapshotIds)
            .Select(snapshot => snapshot.SeenBy(call.AccountId))
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
