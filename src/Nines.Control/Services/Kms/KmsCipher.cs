using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Nines.Control.Secrets;

namespace Nines.Control.Services.Kms;

/// <summary>
/// Encrypts with a key of KMS: AES-256 in Galois/Counter Mode under a random nonce. What comes out says which key and which of its secrets
/// it needs, and opens only with the encryption context that it was made with.
/// </summary>
/// <remarks>Layout: format (1 byte, 1), key id (16), number of the secret (4, big-endian), nonce (12), ciphertext, tag (16).</remarks>
internal sealed class KmsCipher(SecretBox box, RandomNumberGenerator random)
{
    public const int MaterialBytes = 32;

    private const byte Format = 1;
    private const int KeyIdBytes = 16;
    private const int HeaderBytes = 1 + KeyIdBytes + sizeof(int);
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>The key that something was encrypted with, as far as it says; <see langword="null"/>: it was not encrypted here.</summary>
    public static string? KeyIdOf(ReadOnlySpan<byte> ciphertext) =>
        ciphertext.Length >= HeaderBytes + NonceBytes + TagBytes && ciphertext[0] == Format
            ? new Guid(ciphertext.Slice(1, KeyIdBytes), bigEndian: true).ToString()
            : null;

    /// <summary>A new secret.</summary>
    public KeyMaterial NewMaterial(string keyId, DateTimeOffset now, bool onDemand = false)
    {
        Span<byte> secret = stackalloc byte[MaterialBytes];
        random.GetBytes(secret);
        var material = new KeyMaterial(box.Seal(secret, PurposeOf(keyId)), now, onDemand);
        CryptographicOperations.ZeroMemory(secret);
        return material;
    }

    public byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        random.GetBytes(bytes);
        return bytes;
    }

    public byte[] Encrypt(KmsKey key, ReadOnlySpan<byte> plaintext, IReadOnlyDictionary<string, string>? context)
    {
        var ciphertext = new byte[HeaderBytes + NonceBytes + plaintext.Length + TagBytes];
        var header = ciphertext.AsSpan(0, HeaderBytes);
        header[0] = Format;
        Guid.Parse(key.Id).TryWriteBytes(header[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(header[(1 + KeyIdBytes)..], key.Materials.Length - 1);
        var nonce = ciphertext.AsSpan(HeaderBytes, NonceBytes);
        random.GetBytes(nonce);
        using var cipher = Open(key, key.Materials[^1]);
        cipher.Encrypt(nonce, plaintext, ciphertext.AsSpan(HeaderBytes + NonceBytes, plaintext.Length), ciphertext.AsSpan(ciphertext.Length - TagBytes), Bind(header, context));
        return ciphertext;
    }

    /// <exception cref="Nines.Wire.AwsException"><c>InvalidCiphertextException</c>: changed, of another key, or with another context.</exception>
    public byte[] Decrypt(KmsKey key, ReadOnlySpan<byte> ciphertext, IReadOnlyDictionary<string, string>? context)
    {
        var number = KeyIdOf(ciphertext) == key.Id ? BinaryPrimitives.ReadInt32BigEndian(ciphertext[(1 + KeyIdBytes)..]) : -1;
        if (number < 0 || number >= key.Materials.Length)
        {
            throw KmsErrors.InvalidCiphertext();
        }

        var plaintext = new byte[ciphertext.Length - HeaderBytes - NonceBytes - TagBytes];
        using var cipher = Open(key, key.Materials[number]);
        try
        {
            cipher.Decrypt(
                ciphertext.Slice(HeaderBytes, NonceBytes), ciphertext[(HeaderBytes + NonceBytes)..^TagBytes], ciphertext[^TagBytes..], plaintext, Bind(ciphertext[..HeaderBytes], context));
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw KmsErrors.InvalidCiphertext();
        }
    }

    private AesGcm Open(KmsKey key, KeyMaterial material)
    {
        var secret = box.Open(material.Sealed, PurposeOf(key.Id));
        var cipher = new AesGcm(secret, TagBytes);
        CryptographicOperations.ZeroMemory(secret);
        return cipher;
    }

    private static string PurposeOf(string keyId) => $"kms {keyId}";

    /// <summary>What is not encrypted and must be the same: the header and the context, whose order means nothing.</summary>
    private static byte[] Bind(ReadOnlySpan<byte> header, IReadOnlyDictionary<string, string>? context)
    {
        using var bound = new MemoryStream();
        bound.Write(header);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in (context ?? ImmutableDictionary<string, string>.Empty).OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => new[] { pair.Key, pair.Value }))
        {
            // Each text behind its length: no two contexts read the same.
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            bound.Write(length);
            bound.Write(bytes);
        }

        return bound.ToArray();
    }
}
