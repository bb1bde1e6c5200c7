using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.PublicAccess;

/// <summary>Says whether an account's images and snapshots may be everybody's.</summary>
internal sealed class PublicAccessOperations(Cloud cloud) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.EnableImageBlockPublicAccess, BlockImagesAsync, answersDryRun: true);
        table.On(Ec2Api.DisableImageBlockPublicAccess, AllowImagesAsync, answersDryRun: true);
        table.On(Ec2Api.GetImageBlockPublicAccessState, GetImagesAsync);
        table.On(Ec2Api.EnableSnapshotBlockPublicAccess, BlockSnapshotsAsync, answersDryRun: true);
        table.On(Ec2Api.DisableSnapshotBlockPublicAccess, AllowSnapshotsAsync, answersDryRun: true);
        table.On(Ec2Api.GetSnapshotBlockPublicAccessState, GetSnapshotsAsync);
    }

    private async ValueTask<EnableImageBlockPublicAccessResult> BlockImagesAsync(EnableImageBlockPublicAccessRequest input, Call call, CancellationToken cancellationToken)
    {
        var state = input.ImageBlockPublicAccessState ?? throw Ec2Errors.MissingParameter("ImageBlockPublicAccessState");
        if (state != ImageBlockPublicAccessEnabledState.BlockNewSharing)
        {
            throw Ec2Errors.InvalidValue("ImageBlockPublicAccessState", state, "The only value is block-new-sharing.");
        }

        await WriteAsync(call, access => access with { AllowsImages = false }, cancellationToken);
        return new EnableImageBlockPublicAccessResult { ImageBlockPublicAccessState = state };
    }

    private async ValueTask<DisableImageBlockPublicAccessResult> AllowImagesAsync(DisableImageBlockPublicAccessRequest input, Call call, CancellationToken cancellationToken)
    {
        await WriteAsync(call, access => access with { AllowsImages = true }, cancellationToken);
        return new DisableImageBlockPublicAccessResult { ImageBlockPublicAccessState = ImageBlockPublicAccessDisabledState.Unblocked };
    }

    private ValueTask<GetImageBlockPublicAccessStateResult> GetImagesAsync(GetImageBlockPublicAccessStateRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetImageBlockPublicAccessStateResult
        {
            ImageBlockPublicAccessState = PublicAccessBlock.Of(cloud, call.AccountId).AllowsImages ? ImageBlockPublicAccessDisabledState.Unblocked : ImageBlockPublicAccessEnabledState.BlockNewSharing,
        });

    private async ValueTask<EnableSnapshotBlockPublicAccessResult> BlockSnapshotsAsync(EnableSnapshotBlockPublicAccessRequest input, Call call, CancellationToken cancellationToken)
    {
        var state = input.State ?? throw Ec2Errors.MissingParameter("State");
        if (state is not (SnapshotBlockPublicAccessState.BlockAllSharing or SnapshotBlockPublicAccessState.BlockNewSharing))
        {
            throw Ec2Errors.InvalidValue("State", state, "Valid values: block-all-sharing, block-new-sharing.");
        }

        await WriteAsync(call, access => access with { Snapshots = state }, cancellationToken);
        return new EnableSnapshotBlockPublicAccessResult { State = state };
    }

    private async ValueTask<DisableSnapshotBlockPublicAccessResult> AllowSnapshotsAsync(DisableSnapshotBlockPublicAccessRequest input, Call call, CancellationToken cancellationToken)
    {
        await WriteAsync(call, access => access with { Snapshots = SnapshotBlockPublicAccessState.Unblocked }, cancellationToken);
        return new DisableSnapshotBlockPublicAccessResult { State = SnapshotBlockPublicAccessState.Unblocked };
    }

    private ValueTask<GetSnapshotBlockPublicAccessStateResult> GetSnapshotsAsync(GetSnapshotBlockPublicAccessStateRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetSnapshotBlockPublicAccessStateResult { State = PublicAccessBlock.Of(cloud, call.AccountId).Snapshots });

    private Task WriteAsync(Call call, Func<PublicAccessBlock, PublicAccessBlock> change, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            call.AnswerDryRun();
            transaction.Put(PublicAccessBlock.Table, change(PublicAccessBlock.Of(transaction, call.AccountId)));
        },
        cancellationToken);
}
