using Nines.Api.Ec2;
using Image = Nines.Control.Services.Ec2.Images.Image;

namespace Nines.Control.Services.Ec2.FastLaunches;

/// <summary>A setting with its image, as EC2 answers it.</summary>
internal sealed record FastLaunchView(FastLaunch Setting, Image Image)
{
    /// <summary>The image's owner; AWS leaves it out for an image that is shared with the account (EC2 User Guide: View AMIs with EC2 Fast Launch enabled).</summary>
    public string? OwnerId => Image.AccountId == Setting.AccountId ? Image.AccountId : null;

    public FastLaunchSnapshotConfigurationResponse Snapshots => new() { TargetResourceCount = Setting.TargetResourceCount };

    /// <summary>What DescribeFastLaunchImages says of it.</summary>
    public DescribeFastLaunchImagesSuccessItem Describe() => new()
    {
        ImageId = Setting.Id,
        ResourceType = FastLaunchResourceType.Snapshot,
        SnapshotConfiguration = Snapshots,
        MaxParallelLaunches = Setting.MaxParallelLaunches,
        OwnerId = OwnerId,
        State = Setting.State.Name(),
        StateTransitionReason = Setting.StateReason,
        StateTransitionTime = Setting.StateSince,
    };
}
