using System.Text.RegularExpressions;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>Who but its owner may make volumes of a snapshot.</summary>
internal sealed partial class SnapshotSharing(Cloud cloud, SnapshotCatalog catalog) : IOperations
{
    private const string Everybody = "all";

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
        var (added, removed) = ChangesOf(input);
        foreach (var permission in added.Concat(removed))
        {
            Check(permission);
        }

        await WriteAsync(
            id,
            call,
            added.Any(permission => permission.Group is not null),
            added.Count > 0,
            snapshot => snapshot with
            {
                IsPublic = (snapshot.IsPublic || added.Any(permission => permission.Group is not null)) && !removed.Any(permission => permission.Group is not null),
                SharedWith = snapshot.SharedWith.Union(added.Select(permission => permission.UserId).OfType<string>()).Except(removed.Select(permission => permission.UserId).OfType<string>()),
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

    /// <summary>What a request adds and removes, in the one form or the older one.</summary>
    private static (IReadOnlyList<CreateVolumePermission> Added, IReadOnlyList<CreateVolumePermission> Removed) ChangesOf(ModifySnapshotAttributeRequest input)
    {
        if (input.CreateVolumePermission is { } changes && (changes.Add is { Count: > 0 } || changes.Remove is { Count: > 0 }))
        {
            return (changes.Add ?? [], changes.Remove ?? []);
        }

        CreateVolumePermission[] named =
        [
            .. (input.UserIds ?? []).Select(user => new CreateVolumePermission { UserId = user }),
            .. (input.GroupNames ?? []).Select(group => new CreateVolumePermission { Group = group }),
        ];
        if (named.Length == 0)
        {
            throw Ec2Errors.MissingParameter("CreateVolumePermission, UserIds or GroupNames");
        }

        return input.OperationType switch
        {
            OperationType.Add => (named, []),
            OperationType.Remove => ([], named),
            null => throw Ec2Errors.MissingParameter("operationType"),
            _ => throw Ec2Errors.InvalidValue("operationType", input.OperationType, "Valid values: add, remove."),
        };
    }

    private static void Check(CreateVolumePermission permission)
    {
        if (permission.Group is { } group && group != Everybody)
        {
            throw Ec2Errors.InvalidValue("group", group, "The only group is all.");
        }

        if (permission.UserId is { } user && !AccountId.IsMatch(user))
        {
            throw Ec2Errors.InvalidValue("userId", user, "An account is twelve digits.");
        }
    }

    private static IEnumerable<CreateVolumePermission> PermissionsOf(Snapshot snapshot)
    {
        if (snapshot.IsPublic)
        {
            yield return new CreateVolumePermission { Group = Everybody };
        }

        foreach (var user in snapshot.SharedWith)
        {
            yield return new CreateVolumePermission { UserId = user };
        }
    }

    [GeneratedRegex(@"^\d{12}$")]
    private static partial Regex AccountId { get; }
}
