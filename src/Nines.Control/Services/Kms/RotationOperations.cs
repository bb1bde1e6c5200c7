using Nines.Api.Kms;
using Nines.Control.Gateway;

namespace Nines.Control.Services.Kms;

/// <summary>What a client may ask of a key's rotation: new secrets for what is encrypted from then on.</summary>
internal sealed class RotationOperations(KmsKeys keys, KeyWrites writes, KmsCipher cipher) : IOperations
{
    private const int UsualPeriodDays = 365;

    /// <summary>Rotations on demand in a key's life ("RotateKeyOnDemand", AWS KMS API Reference).</summary>
    private const int MostOnDemand = 10;

    public void Map(OperationTable table)
    {
        table.On(KmsApi.EnableKeyRotation, EnableAsync);
        table.On(KmsApi.DisableKeyRotation, DisableAsync);
        table.On(KmsApi.GetKeyRotationStatus, GetStatusAsync);
        table.On(KmsApi.ListKeyRotations, ListAsync);
        table.On(KmsApi.RotateKeyOnDemand, RotateAsync);
    }

    private async ValueTask<EnableKeyRotationResult> EnableAsync(EnableKeyRotationRequest input, Call call, CancellationToken cancellationToken)
    {
        var days = KmsErrors.Within(input.RotationPeriodInDays ?? UsualPeriodDays, 90, 2560, "rotationPeriodInDays");
        await writes.ChangeAsync(call, "EnableKeyRotation", input.KeyId, key => keys.RequireUsable(key) with { RotationPeriodDays = days, NextRotation = call.Now.AddDays(days) }, cancellationToken);
        return new EnableKeyRotationResult();
    }

    private async ValueTask<DisableKeyRotationResult> DisableAsync(DisableKeyRotationRequest input, Call call, CancellationToken cancellationToken)
    {
        await writes.ChangeAsync(call, "DisableKeyRotation", input.KeyId, key => keys.RequireUsable(key) with { RotationPeriodDays = null, NextRotation = null }, cancellationToken);
        return new DisableKeyRotationResult();
    }

    private async ValueTask<RotateKeyOnDemandResult> RotateAsync(RotateKeyOnDemandRequest input, Call call, CancellationToken cancellationToken)
    {
        var rotated = await writes.ChangeAsync(
            call,
            "RotateKeyOnDemand",
            input.KeyId,
            key => keys.RequireUsable(key).Materials.Count(material => material.OnDemand) < MostOnDemand
                ? key.Rotated(cipher.NewMaterial(key.Id, call.Now, onDemand: true))
                : throw KmsErrors.LimitExceeded($"A key can be rotated on demand {MostOnDemand} times."),
            cancellationToken);
        return new RotateKeyOnDemandResult { KeyId = rotated.Id };
    }

    private ValueTask<GetKeyRotationStatusResult> GetStatusAsync(GetKeyRotationStatusRequest input, Call call, CancellationToken cancellationToken)
    {
        var key = keys.Find(call.AccountId, input.KeyId);
        var rotates = key.RotationPeriodDays is not null && key.DeletionDate is null;
        return ValueTask.FromResult(new GetKeyRotationStatusResult
        {
            KeyId = key.Id,
            KeyRotationEnabled = rotates,
            RotationPeriodInDays = rotates ? key.RotationPeriodDays : null,
            NextRotationDate = rotates ? key.NextRotation : null,
        });
    }

    private ValueTask<ListKeyRotationsResult> ListAsync(ListKeyRotationsRequest input, Call call, CancellationToken cancellationToken)
    {
        var key = keys.Find(call.AccountId, input.KeyId);
        var rotations = key.Materials.Skip(1).Select((material, index) => (Number: $"{index:d8}", Material: material));
        var (page, next) = KmsPage.Of(rotations, rotation => rotation.Number, input.Limit, input.Marker, byDefault: 100, highest: 1000);
        return ValueTask.FromResult(new ListKeyRotationsResult
        {
            Rotations =
            [
                .. page.Select(rotation => new RotationsListEntry
                {
                    KeyId = key.Id,
                    RotationDate = rotation.Material.Since,
                    RotationType = rotation.Material.OnDemand ? RotationType.ONDEMAND : RotationType.AUTOMATIC,
                }),
            ],
            NextMarker = next,
            Truncated = next is not null,
        });
    }
}
