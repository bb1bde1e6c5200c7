using Nines.Api.Kms;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>What a client may do to keys: make, show, switch off and on, give up.</summary>
internal sealed class KeyOperations(Cloud cloud, IIdSource ids, KmsKeys keys, KeyWrites writes, KmsCipher cipher) : IOperations
{
    /// <summary>Days until a key goes, when nothing is asked; also the longest.</summary>
    private const int LongestWindowDays = 30;
    private const int ShortestWindowDays = 7;
    private const int LongestDescription = 8192;

    public void Map(OperationTable table)
    {
        table.On(KmsApi.CreateKey, CreateAsync);
        table.On(KmsApi.DescribeKey, DescribeAsync);
        table.On(KmsApi.ListKeys, ListAsync);
        table.On(KmsApi.EnableKey, EnableAsync);
        table.On(KmsApi.DisableKey, DisableAsync);
        table.On(KmsApi.ScheduleKeyDeletion, ScheduleDeletionAsync);
        table.On(KmsApi.CancelKeyDeletion, CancelDeletionAsync);
        table.On(KmsApi.UpdateKeyDescription, UpdateDescriptionAsync);
        table.On(KmsApi.GetKeyPolicy, GetPolicyAsync);
        table.On(KmsApi.ListKeyPolicies, ListPoliciesAsync);
    }

    private async ValueTask<CreateKeyResult> CreateAsync(CreateKeyRequest input, Call call, CancellationToken cancellationToken)
    {
        RequireSymmetric(input);
        var description = CheckDescription(input.Description ?? "");
        var tags = KmsTags.Parse(input.Tags);
        var id = ids.NextGuid().ToString();
        var key = new KmsKey
        {
            AccountId = call.AccountId,
            Id = id,
            Description = description,
            CreationDate = call.Now,
            Materials = [cipher.NewMaterial(id, call.Now)],
            Tags = tags,
        };
        await cloud.WriteAsync(call, transaction => transaction.Insert(KmsKey.Table, key), cancellationToken);
        return new CreateKeyResult { KeyMetadata = Describe(key) };
    }

    private ValueTask<DescribeKeyResult> DescribeAsync(DescribeKeyRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new DescribeKeyResult { KeyMetadata = Describe(keys.Find(call.AccountId, input.KeyId)) });

    private ValueTask<ListKeysResult> ListAsync(ListKeysRequest input, Call call, CancellationToken cancellationToken)
    {
        var (page, next) = KmsPage.Of(cloud.List(KmsKey.Table, call.AccountId), key => key.Id, input.Limit, input.Marker, byDefault: 100, highest: 1000);
        return ValueTask.FromResult(new ListKeysResult
        {
            Keys = [.. page.Select(key => new KeyListEntry { KeyId = key.Id, KeyArn = keys.ArnOf(key) })],
            NextMarker = next,
            Truncated = next is not null,
        });
    }

    private async ValueTask<EnableKeyResult> EnableAsync(EnableKeyRequest input, Call call, CancellationToken cancellationToken)
    {
        await writes.ChangeAsync(call, "EnableKey", input.KeyId, key => keys.RequireStaying(key) with { IsDisabled = false }, cancellationToken);
        return new EnableKeyResult();
    }

    private async ValueTask<DisableKeyResult> DisableAsync(DisableKeyRequest input, Call call, CancellationToken cancellationToken)
    {
        await writes.ChangeAsync(call, "DisableKey", input.KeyId, key => keys.RequireStaying(key) with { IsDisabled = true }, cancellationToken);
        return new DisableKeyResult();
    }

    private async ValueTask<ScheduleKeyDeletionResult> ScheduleDeletionAsync(ScheduleKeyDeletionRequest input, Call call, CancellationToken cancellationToken)
    {
        var days = KmsErrors.Within(input.PendingWindowInDays ?? LongestWindowDays, ShortestWindowDays, LongestWindowDays, "pendingWindowInDays");
        var key = await writes.ChangeAsync(call, "ScheduleKeyDeletion", input.KeyId, key => keys.RequireStaying(key) with { DeletionDate = call.Now.AddDays(days) }, cancellationToken);
        return new ScheduleKeyDeletionResult { KeyId = keys.ArnOf(key), DeletionDate = key.DeletionDate, KeyState = key.State, PendingWindowInDays = days };
    }

    private async ValueTask<CancelKeyDeletionResult> CancelDeletionAsync(CancelKeyDeletionRequest input, Call call, CancellationToken cancellationToken)
    {
        var key = await writes.ChangeAsync(
            call,
            "CancelKeyDeletion",
            input.KeyId,
            // A key that comes back is switched off: whoever wanted it gone is to look before it is used again.
            key => key.DeletionDate is null ? throw KmsErrors.InvalidState($"{keys.ArnOf(key)} is not pending deletion.") : key with { DeletionDate = null, IsDisabled = true },
            cancellationToken);
        return new CancelKeyDeletionResult { KeyId = keys.ArnOf(key) };
    }

    private async ValueTask<UpdateKeyDescriptionResult> UpdateDescriptionAsync(UpdateKeyDescriptionRequest input, Call call, CancellationToken cancellationToken)
    {
        var description = CheckDescription(KmsErrors.Require(input.Description, "description"));
        await writes.ChangeAsync(call, "UpdateKeyDescription", input.KeyId, key => keys.RequireStaying(key) with { Description = description }, cancellationToken);
        return new UpdateKeyDescriptionResult();
    }

    private ValueTask<GetKeyPolicyResult> GetPolicyAsync(GetKeyPolicyRequest input, Call call, CancellationToken cancellationToken)
    {
        var key = keys.Find(call.AccountId, input.KeyId);
        return input.PolicyName is null or KeyDescriptions.PolicyName
            ? ValueTask.FromResult(new GetKeyPolicyResult { Policy = KeyDescriptions.PolicyOf(key.AccountId), PolicyName = KeyDescriptions.PolicyName })
            : throw new Wire.AwsException("NotFoundException", "No such policy exists");
    }

    private ValueTask<ListKeyPoliciesResult> ListPoliciesAsync(ListKeyPoliciesRequest input, Call call, CancellationToken cancellationToken)
    {
        _ = keys.Find(call.AccountId, input.KeyId);
        return ValueTask.FromResult(new ListKeyPoliciesResult { PolicyNames = [KeyDescriptions.PolicyName], Truncated = false });
    }

    private KeyMetadata Describe(KmsKey key) => KeyDescriptions.Describe(key, keys.ArnOf(key));

    private static string CheckDescription(string description) =>
        description.Length <= LongestDescription
            ? description
            : throw KmsErrors.Constraint(description[..32] + "...", "description", $"Member must have length less than or equal to {LongestDescription}");

    private static void RequireSymmetric(CreateKeyRequest input)
    {
        if (input.KeyUsage is not (null or KeyUsageType.ENCRYPTDECRYPT) || (input.KeySpec ?? input.CustomerMasterKeySpec) is not (null or KeySpec.SYMMETRICDEFAULT))
        {
            throw KmsErrors.Unsupported("Keys of this cloud are symmetric and encrypt: KeySpec SYMMETRIC_DEFAULT, KeyUsage ENCRYPT_DECRYPT.");
        }

        if (input.Origin is not (null or OriginType.AWSKMS) || input.CustomKeyStoreId is not null || input.XksKeyId is not null)
        {
            throw KmsErrors.Unsupported("Keys of this cloud are made by it: Origin AWS_KMS, and no key store of one's own.");
        }

        if (input.MultiRegion == true)
        {
            throw KmsErrors.Unsupported("This cloud is one region: its keys are of this region.");
        }

        if (input.Policy is not null)
        {
            throw KmsErrors.Unsupported("Keys of this cloud have the default policy: their account may do everything with them, and nobody else anything.");
        }
    }
}
