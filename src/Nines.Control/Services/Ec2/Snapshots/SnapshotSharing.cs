using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Sharing;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>Who but its owner may make volumes of a snapshot.</summary>
internal sealed class SnapshotSharing(Cloud cloud, SnapshotCatalog catalog) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeSnapshotAttribute, DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.ModifySnapshotAttribute, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.ResetSnapshotAttribute, ResetAsync, answersDryRun: true);
    }

    private ValueTask<DescribeSnapshotAttributeResult> DescribeAsync(DescribeSnapshotAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = IdOf(input.SnapshotId);
        var snapshot = cloud.Find(Snapshot.Table, call.AccountId, id) is { State: not SnapshotState.Deleting } found ? found : throw NotOwned(call.AccountId, id);
        call.AnswerDryRun();
        return ValueTask.FromResult(input.Attribute switch
        {
            SnapshotAttributeName.CreateVolumePermission => new DescribeSnapshotAttributeResult { SnapshotId = id, CreateVolumePermissions = [.. PermissionsOf(snapshot)] },
            SnapshotAttributeName.ProductCodes => new DescribeSnapshotAttributeResult { SnapshotId = id, ProductCodes = [] },
            _ => throw Ec2Errors.InvalidValue("attribute", input.Attribute, "Unknown attribute."),
        });
    }

    private async ValueTask<ModifySnapshotAttributeResult> ModifyAsync(ModifySnapshotAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = IdOf(input.SnapshotId);
        DemandPermission(input.Attribute ?? SnapshotAttributeName.CreateVolumePermission);
        var change = ShareChange.Parse(
            input.CreateVolumePermission?.Add?.Select(TargetOf),
            input.CreateVolumePermission?.Remove?.Select(TargetOf),
            input.UserIds,
            input.GroupNames,
            input.OperationType,
            "CreateVolumePermission, UserIds or GroupNames",
            (value, kind) => Ec2Errors.InvalidValue(kind, value, kind == "group" ? "The only group is all." : "An account is twelve digits."));
        await WriteAsync(
            id,
            call,
            change.IsForAll,
            change.IsForOthers,
            snapshot =>
            {
                var (isPublic, sharedWith) = change.Apply(snapshot.IsPublic, snapshot.SharedWith);
                return snapshot with { IsPublic = isPublic, SharedWith = sharedWith };
            },
            cancellationToken);
        return new ModifySnapshotAttributeResult();
    }

    private async ValueTask<ResetSnapshotAttributeResult> ResetAsync(ResetSnapshotAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        DemandPermission(input.Attribute ?? throw Ec2Errors.MissingParameter("attribute"));
        await WriteAsync(IdOf(input.SnapshotId), call, isForAll: false, isForOthers: false, snapshot => snapshot with { IsPublic = false, SharedWith = [] }, cancellationToken);
        return new ResetSnapshotAttributeResult();
    }

    private Task WriteAsync(string id, Call call, bool isForAll, bool isForOthers, Func<Snapshot, Snapshot> change, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            var snapshot = transaction.Find(Snapshot.Table, call.AccountId, id) is { State: not SnapshotState.Deleting } found ? found : throw NotOwned(call.AccountId, id);
            if (isForOthers)
            {
                SharingRules.Check(transaction, $"The snapshot '{id}'", snapshot, isForAll);
            }

            if (isForAll)
            {
                PublicAccessBlock.Of(transaction, call.AccountId).DemandSnapshots();
            }

            call.AnswerDryRun();
            transaction.Put(Snapshot.Table, change(snapshot));
        },
        cancellationToken);

    private static string IdOf(string? id) => ResourceId.Parse<SnapshotId>(id ?? throw Ec2Errors.MissingParameter("snapshotId")).Value;

    private Exception NotOwned(string accountId, string id) =>
        catalog.Find(accountId, id) is null ? Ec2Errors.NotFound(ResourceKind.Snapshot, id) : SnapshotErrors.NotOwner(id);

    private static void DemandPermission(string attribute)
    {
        if (attribute != SnapshotAttributeName.CreateVolumePermission)
        {
            throw Ec2Errors.InvalidValue("attribute", attribute, "Only createVolumePermission can be changed.");
        }
    }

    private static ShareTarget TargetOf(CreateVolumePermission permission) => new(permission.UserId, permission.Group);

    private static IEnumerable<CreateVolumePermission> PermissionsOf(Snapshot snapshot) => ShareChange.Describe(snapshot.IsPublic, snapshot.SharedWith)
        .Select(target => new CreateVolumePermission { UserId = target.UserId, Group = target.Group });
}
