using System.Text.Json.Nodes;
using Nines.Api.Kms;

namespace Nines.Control.Services.Kms;

/// <summary>Keys as answers show them.</summary>
internal static class KeyDescriptions
{
    /// <summary>The only policy that a key has: its account's own.</summary>
    public const string PolicyName = "default";

    public static KeyMetadata Describe(KmsKey key, string arn) => new()
    {
        AWSAccountId = key.AccountId,
        KeyId = key.Id,
        Arn = arn,
        CreationDate = key.CreationDate,
        Enabled = key.IsEnabled,
        Description = key.Description,
        KeyUsage = KeyUsageType.ENCRYPTDECRYPT,
        KeyState = key.State,
        DeletionDate = key.DeletionDate,
        Origin = OriginType.AWSKMS,
        KeyManager = key.IsManaged ? KeyManagerType.AWS : KeyManagerType.CUSTOMER,
        CustomerMasterKeySpec = KeySpec.SYMMETRICDEFAULT,
        KeySpec = KeySpec.SYMMETRICDEFAULT,
        EncryptionAlgorithms = [EncryptionAlgorithmSpec.SYMMETRICDEFAULT],
        MultiRegion = false,
    };

    /// <summary>The policy that KMS gives a key for which none was written: the account may do everything.</summary>
    public static string PolicyOf(string accountId) => new JsonObject
    {
        ["Version"] = "2012-10-17",
        ["Id"] = "key-default-1",
        ["Statement"] = new JsonArray(new JsonObject
        {
            ["Sid"] = "Enable IAM User Permissions",
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["AWS"] = $"arn:aws:iam::{accountId}:root" },
            ["Action"] = "kms:*",
            ["Resource"] = "*",
        }),
    }.ToJsonString();
}
