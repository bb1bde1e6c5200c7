using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>Copying snapshots, one's own and others', within the one region.</summary>
internal sealed class SnapshotCopies(Cloud cloud, IIdSource ids, SnapshotCatalog catalog, VolumeKeys keys) : IOperations
{
    public void Map(OperationTable table) => table.On(Ec2Api.CopySnapshot, CopyAsync, answersDryRun: true);

    private async ValueTask<CopySnapshotResult> CopyAsync(CopySnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var sourceId = ResourceId.Parse<SnapshotId>(input.SourceSnapshotId ?? throw Ec2Errors.MissingParameter("SourceSnapshotId")).Value;
        DemandHere(call, "SourceRegion", input.SourceRegion ?? throw Ec2Errors.MissingParameter("SourceRegion"));
        DemandHere(call, "DestinationRegion", input.DestinationRegion);
        if (input.DestinationOutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }

        var tags = TagRules.Parse(input.TagSpecifications, SnapshotChanges.ResourceType).For(SnapshotChanges.ResourceType);
        var copy = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var source = catalog.Demand(transaction, call.AccountId, sourceId);
                var made = SnapshotRecords.Copy(
                    transaction, ids, keys, call, source, new EncryptionRequest(input.Encrypted, input.KmsKeyId), input.Description ?? $"[Copied {sourceId} from {call.Region}]", tags);
                call.AnswerDryRun();
                return made;
            },
            cancellationToken);
        return new CopySnapshotResult { SnapshotId = copy.Id, Tags = copy.Tags.ToApiOrNull() };
    }

    /// <summary>Refuses another region than the one that was called.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static void DemandHere(Call call, string parameter, string? region)
    {
        if (region is not null && region != call.Region)
        {
            throw SnapshotErrors.OtherRegion(parameter, region, call.Region);
        }
    }
}
