using System.Security.Cryptography;
using Nines.Api.Kms;
using Nines.Control.Gateway;

namespace Nines.Control.Services.Kms;

/// <summary>What keys are for: to encrypt and decrypt small things, and to make data keys for large ones.</summary>
internal sealed class CryptoOperations(KmsKeys keys, KmsCipher cipher) : IOperations
{
    private const int LongestPlaintext = 4096;
    private const int LongestCiphertext = 6144;
    private const int LongestRandom = 1024;

    public void Map(OperationTable table)
    {
        table.On(KmsApi.Encrypt, EncryptAsync, answersDryRun: true);
        table.On(KmsApi.Decrypt, DecryptAsync, answersDryRun: true);
        table.On(KmsApi.ReEncrypt, ReEncryptAsync, answersDryRun: true);
        table.On(KmsApi.GenerateDataKey, GenerateDataKeyAsync, answersDryRun: true);
        table.On(KmsApi.GenerateDataKeyWithoutPlaintext, GenerateDataKeyWithoutPlaintextAsync, answersDryRun: true);
        table.On(KmsApi.GenerateRandom, GenerateRandomAsync);
    }

    private ValueTask<EncryptResult> EncryptAsync(EncryptRequest input, Call call, CancellationToken cancellationToken)
    {
        RequireSymmetric(input.EncryptionAlgorithm, "encryptionAlgorithm");
        var plaintext = CheckLength(input.Plaintext, LongestPlaintext, "plaintext");
        var key = FindUsable(call, input.KeyId);
        AnswerDryRun(input.DryRun);
        return ValueTask.FromResult(new EncryptResult
        {
            CiphertextBlob = cipher.Encrypt(key, plaintext.Span, input.EncryptionContext),
            KeyId = keys.ArnOf(key),
            EncryptionAlgorithm = EncryptionAlgorithmSpec.SYMMETRICDEFAULT,
        });
    }

    private ValueTask<DecryptResult> DecryptAsync(DecryptRequest input, Call call, CancellationToken cancellationToken)
    {
        RequireSymmetric(input.EncryptionAlgorithm, "encryptionAlgorithm");
        RequireNoRecipient(input.Recipient);
        var (key, plaintext) = Decrypt(call, input.CiphertextBlob, input.KeyId, input.EncryptionContext);
        AnswerDryRun(input.DryRun);
        return ValueTask.FromResult(new DecryptResult { KeyId = keys.ArnOf(key), Plaintext = plaintext, EncryptionAlgorithm = EncryptionAlgorithmSpec.SYMMETRICDEFAULT });
    }

    private ValueTask<ReEncryptResult> ReEncryptAsync(ReEncryptRequest input, Call call, CancellationToken cancellationToken)
    {
        RequireSymmetric(input.SourceEncryptionAlgorithm, "sourceEncryptionAlgorithm");
        RequireSymmetric(input.DestinationEncryptionAlgorithm, "destinationEncryptionAlgorithm");
        var destination = FindUsable(call, input.DestinationKeyId, "destinationKeyId");
        var (source, plaintext) = Decrypt(call, input.CiphertextBlob, input.SourceKeyId, input.SourceEncryptionContext);
        AnswerDryRun(input.DryRun);
        var ciphertext = cipher.Encrypt(destination, plaintext, input.DestinationEncryptionContext);
        CryptographicOperations.ZeroMemory(plaintext);
        return ValueTask.FromResult(new ReEncryptResult
        {
            CiphertextBlob = ciphertext,
            SourceKeyId = keys.ArnOf(source),
            KeyId = keys.ArnOf(destination),
            SourceEncryptionAlgorithm = EncryptionAlgorithmSpec.SYMMETRICDEFAULT,
            DestinationEncryptionAlgorithm = EncryptionAlgorithmSpec.SYMMETRICDEFAULT,
        });
    }

    private ValueTask<GenerateDataKeyResult> GenerateDataKeyAsync(GenerateDataKeyRequest input, Call call, CancellationToken cancellationToken)
    {
        RequireNoRecipient(input.Recipient);
        var length = LengthOf(input.KeySpec, input.NumberOfBytes);
        var key = FindUsable(call, input.KeyId);
        AnswerDryRun(input.DryRun);
        var plaintext = cipher.RandomBytes(length);
        return ValueTask.FromResult(new GenerateDataKeyResult
        {
            KeyId = keys.ArnOf(key),
            Plaintext = plaintext,
            CiphertextBlob = cipher.Encrypt(key, plaintext, input.EncryptionContext),
        });
    }

    private ValueTask<GenerateDataKeyWithoutPlaintextResult> GenerateDataKeyWithoutPlaintextAsync(
        GenerateDataKeyWithoutPlaintextRequest input, Call call, CancellationToken cancellationToken)
    {
        var length = LengthOf(input.KeySpec, input.NumberOfBytes);
        var key = FindUsable(call, input.KeyId);
        AnswerDryRun(input.DryRun);
        var plaintext = cipher.RandomBytes(length);
        var ciphertext = cipher.Encrypt(key, plaintext, input.EncryptionContext);
        CryptographicOperations.ZeroMemory(plaintext);
        return ValueTask.FromResult(new GenerateDataKeyWithoutPlaintextResult { KeyId = keys.ArnOf(key), CiphertextBlob = ciphertext });
    }

    private ValueTask<GenerateRandomResult> GenerateRandomAsync(GenerateRandomRequest input, Call call, CancellationToken cancellationToken)
    {
        RequireNoRecipient(input.Recipient);
        if (input.CustomKeyStoreId is not null)
        {
            throw KmsErrors.Unsupported("This cloud has no key store of one's own.");
        }

        return ValueTask.FromResult(new GenerateRandomResult
        {
            Plaintext = cipher.RandomBytes(KmsErrors.Within(input.NumberOfBytes ?? throw KmsErrors.Constraint(null, "numberOfBytes", ""), 1, LongestRandom, "numberOfBytes")),
        });
    }

    private (KmsKey Key, byte[] Plaintext) Decrypt(Call call, ReadOnlyMemory<byte>? blob, string? expectedKeyId, IReadOnlyDictionary<string, string>? context)
    {
        var ciphertext = CheckLength(blob, LongestCiphertext, "ciphertextBlob");
        if (KmsCipher.KeyIdOf(ciphertext.Span) is not { } keyId)
        {
            throw KmsErrors.InvalidCiphertext();
        }

        if (expectedKeyId is not null && keys.Find(call.AccountId, expectedKeyId).Id != keyId)
        {
            throw KmsErrors.IncorrectKey();
        }

        var key = FindUsable(call, keyId);
        return (key, cipher.Decrypt(key, ciphertext.Span, context));
    }

    private KmsKey FindUsable(Call call, string? keyId, string member = "keyId") => keys.RequireUsable(keys.Find(call.AccountId, KmsErrors.Require(keyId, member)));

    private static int LengthOf(string? spec, int? bytes) => (spec, bytes) switch
    {
        (DataKeySpec.AES256, null) => 32,
        (DataKeySpec.AES128, null) => 16,
        (null, { } count) => KmsErrors.Within(count, 1, LongestRandom, "numberOfBytes"),
        (null, null) or (DataKeySpec.AES256 or DataKeySpec.AES128, _) => throw KmsErrors.Invalid("Please specify either number of bytes or key spec."),
        _ => throw KmsErrors.Constraint(spec, "keySpec", "Member must satisfy enum value set: [AES_256, AES_128]"),
    };

    private static ReadOnlyMemory<byte> CheckLength(ReadOnlyMemory<byte>? value, int longest, string member) => value switch
    {
        null => throw KmsErrors.Constraint(null, member, ""),
        { IsEmpty: true } => throw KmsErrors.Invalid($"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length greater than or equal to 1"),
        { Length: var length } when length > longest => throw KmsErrors.Invalid($"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {longest}"),
        { } given => given,
    };

    private static void RequireSymmetric(string? algorithm, string member)
    {
        if (algorithm is not (null or EncryptionAlgorithmSpec.SYMMETRICDEFAULT))
        {
            throw EncryptionAlgorithmSpec.All.Contains(algorithm)
                ? new Wire.AwsException("InvalidKeyUsageException", $"Algorithm {algorithm} and key spec SYMMETRIC_DEFAULT are incompatible.")
                : KmsErrors.Constraint(algorithm, member, $"Member must satisfy enum value set: [{string.Join(", ", EncryptionAlgorithmSpec.All)}]");
        }
    }

    private static void RequireNoRecipient(RecipientInfo? recipient)
    {
        if (recipient is not null)
        {
            throw KmsErrors.Unsupported("This cloud has no enclaves: an answer cannot be encrypted for one.");
        }
    }

    private static void AnswerDryRun(bool? dryRun)
    {
        if (dryRun == true)
        {
            throw KmsErrors.DryRun();
        }
    }
}
