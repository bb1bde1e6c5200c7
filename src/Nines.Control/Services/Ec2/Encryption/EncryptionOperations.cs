using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Encryption;

/// <summary>Says whether an account's new volumes are encrypted by themselves, and with which key.</summary>
internal sealed class EncryptionOperations(Cloud cloud, VolumeKeys keys) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.EnableEbsEncryptionByDefault, EnableAsync, answersDryRun: true);
        table.On(Ec2Api.DisableEbsEncryptionByDefault, DisableAsync, answersDryRun: true);
        table.On(Ec2Api.GetEbsEncryptionByDefault, GetAsync);
        table.On(Ec2Api.GetEbsDefaultKmsKeyId, GetKeyAsync);
        table.On(Ec2Api.ModifyEbsDefaultKmsKeyId, ModifyKeyAsync, answersDryRun: true);
        table.On(Ec2Api.ResetEbsDefaultKmsKeyId, ResetKeyAsync, answersDryRun: true);
    }

    private async ValueTask<EnableEbsEncryptionByDefaultResult> EnableAsync(EnableEbsEncryptionByDefaultRequest input, Call call, CancellationToken cancellationToken)
    {
        await WriteAsync(call, (_, defaults) => defaults with { IsEnabled = true }, cancellationToken);
        return new EnableEbsEncryptionByDefaultResult { EbsEncryptionByDefault = true };
    }

    private async ValueTask<DisableEbsEncryptionByDefaultResult> DisableAsync(DisableEbsEncryptionByDefaultRequest input, Call call, CancellationToken cancellationToken)
    {
        await WriteAsync(call, (_, defaults) => defaults with { IsEnabled = false }, cancellationToken);
        return new DisableEbsEncryptionByDefaultResult { EbsEncryptionByDefault = false };
    }

    private ValueTask<GetEbsEncryptionByDefaultResult> GetAsync(GetEbsEncryptionByDefaultRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetEbsEncryptionByDefaultResult { EbsEncryptionByDefault = EncryptionDefaults.Of(cloud, call.AccountId).IsEnabled });

    private ValueTask<GetEbsDefaultKmsKeyIdResult> GetKeyAsync(GetEbsDefaultKmsKeyIdRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetEbsDefaultKmsKeyIdResult { KmsKeyId = EncryptionDefaults.Of(cloud, call.AccountId).KmsKeyId ?? VolumeKeys.ManagedAlias });

    private async ValueTask<ModifyEbsDefaultKmsKeyIdResult> ModifyKeyAsync(ModifyEbsDefaultKmsKeyIdRequest input, Call call, CancellationToken cancellationToken)
    {
        var asked = input.KmsKeyId is { Length: > 0 } named ? named : throw Ec2Errors.MissingParameter("KmsKeyId");
        var defaults = await WriteAsync(
            call,
            (transaction, defaults) => defaults with { KmsKeyId = asked == VolumeKeys.ManagedAlias ? null : keys.ArnOf(keys.Find(transaction, call.AccountId, asked)) },
            cancellationToken);
        return new ModifyEbsDefaultKmsKeyIdResult { KmsKeyId = defaults.KmsKeyId ?? VolumeKeys.ManagedAlias };
    }

    private async ValueTask<ResetEbsDefaultKmsKeyIdResult> ResetKeyAsync(ResetEbsDefaultKmsKeyIdRequest input, Call call, CancellationToken cancellationToken)
    {
        await WriteAsync(call, (_, defaults) => defaults with { KmsKeyId = null }, cancellationToken);
        return new ResetEbsDefaultKmsKeyIdResult { KmsKeyId = VolumeKeys.ManagedAlias };
    }

    private Task<EncryptionDefaults> WriteAsync(Call call, Func<CloudTransaction, EncryptionDefaults, EncryptionDefaults> change, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            var next = change(transaction, EncryptionDefaults.Of(transaction, call.AccountId));
            call.AnswerDryRun();
            transaction.Put(EncryptionDefaults.Table, next);
            return next;
        },
        cancellationToken);
}
