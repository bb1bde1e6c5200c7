using System.Security.Cryptography;
using System.Text;

namespace Nines.Control.Secrets;

/// <summary>
/// Encrypts what nobody may read who has only the store: AES-256 in Galois/Counter Mode, with a random nonce, under a
/// key derived from the master key. Sealed bytes open only for the purpose they were sealed for.
/// </summary>
/// <remarks>Layout: format (1 byte, 1), nonce (12), ciphertext, tag (16).</remarks>
internal sealed class SecretBox : IDisposable
{
    /// <summary>Length of a master key in bytes.</summary>
    public const int MasterKeyBytes = 32;

    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Overhead = 1 + NonceBytes + TagBytes;

    private readonly byte[] _key = new byte[MasterKeyBytes];
    private readonly RandomNumberGenerator _random;

    /// <param name="masterKey">The master key; every replica of the control plane has the same.</param>
    /// <param name="random">Cryptographic randomness.</param>
    public SecretBox(ReadOnlySpan<byte> masterKey, RandomNumberGenerator random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(masterKey.Length, MasterKeyBytes);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, _key, salt: default, info: "nines secret box 1"u8);
        _random = random;
    }

    /// <summary>Encrypts.</summary>
    /// <param name="plaintext">The secret.</param>
    /// <param name="purpose">What it is for; the same is needed to open it.</param>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, string purpose)
    {
        var box = new byte[Overhead + plaintext.Length];
        box[0] = Format;
        var nonce = box.AsSpan(1, NonceBytes);
        _random.GetBytes(nonce);
        using var cipher = Cipher();
        cipher.Encrypt(nonce, plaintext, box.AsSpan(1 + NonceBytes, plaintext.Length), box.AsSpan(box.Length - TagBytes), Encoding.UTF8.GetBytes(purpose));
        return box;
    }

    /// <summary>Decrypts.</summary>
    /// <exception cref="CryptographicException">Not sealed by this key for this purpose, or changed since.</exception>
    public byte[] Open(ReadOnlySpan<byte> box, string purpose)
    {
        if (box.Length < Overhead || box[0] != Format)
        {
            throw new CryptographicException("Not a sealed secret.");
        }

        var plaintext = new byte[box.Length - Overhead];
        using var cipher = Cipher();
        cipher.Decrypt(box.Slice(1, NonceBytes), box[(1 + NonceBytes)..^TagBytes], box[^TagBytes..], plaintext, Encoding.UTF8.GetBytes(purpose));
        return plaintext;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    /// <summary>One for each use: a cipher that two threads use at once seals what nobody can open any more.</summary>
    private AesGcm Cipher() => new(_key, TagBytes);
}
