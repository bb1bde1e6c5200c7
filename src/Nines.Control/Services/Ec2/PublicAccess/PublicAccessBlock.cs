using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.PublicAccess;

/// <summary>
/// What an account lets everybody have of its images and snapshots ("Block public access for AMIs", "Block public access for EBS snapshots",
/// Amazon EC2 and EBS User Guides). As in AWS, a new account shares no image with everybody until it says that it wants to.
/// </summary>
internal sealed record PublicAccessBlock : IResource
{
    public static readonly TableDefinition<PublicAccessBlock> Table = new("public-access", Ec2JsonContext.Default.PublicAccessBlock);

    /// <summary>The one record of an account that has said something.</summary>
    public const string TheOne = "public-access";

    public required string AccountId { get; init; }

    public string Id { get; init; } = TheOne;

    /// <summary>Whether images may be shared with everybody.</summary>
    public bool AllowsImages { get; init; }

    /// <summary>For snapshots: <c>unblocked</c>, <c>block-new-sharing</c> or <c>block-all-sharing</c>.</summary>
    public string Snapshots { get; init; } = Api.Ec2.SnapshotBlockPublicAccessState.Unblocked;

    /// <summary>What an account has said, or a new one's beginning; that it stays so becomes a condition.</summary>
    public static PublicAccessBlock Of(CloudTransaction transaction, string accountId) => transaction.Find(Table, accountId, TheOne) ?? new PublicAccessBlock { AccountId = accountId };

    /// <inheritdoc cref="Of(CloudTransaction, string)"/>
    public static PublicAccessBlock Of(Cloud cloud, string accountId) => cloud.Find(Table, accountId, TheOne) ?? new PublicAccessBlock { AccountId = accountId };

    /// <summary>Lets an image be shared with everybody, or does not.</summary>
    /// <exception cref="AwsException"><c>OperationNotPermitted</c>.</exception>
    public void DemandImages()
    {
        if (!AllowsImages)
        {
            throw new AwsException("OperationNotPermitted", "You can't publicly share this image because block public access for AMIs is enabled for this account: DisableImageBlockPublicAccess lifts it.");
        }
    }

    /// <summary>Lets a snapshot be shared with everybody, or does not.</summary>
    /// <exception cref="AwsException"><c>OperationNotPermitted</c>.</exception>
    public void DemandSnapshots()
    {
        if (Snapshots != Api.Ec2.SnapshotBlockPublicAccessState.Unblocked)
        {
            throw new AwsException("OperationNotPermitted", "You can't publicly share this snapshot because block public access for snapshots is enabled for this account: DisableSnapshotBlockPublicAccess lifts it.");
        }
    }
}
