using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>
/// Keeps a machine's saved memory as secret as its disks: AES-256-GCM, of a key that comes from a disk's secret and a salt of the file's own (HKDF, RFC 5869). Pieces are
/// numbered and the last one is not whole, and be it empty, so none can be changed, moved, or left out at the end.
/// </summary>
internal sealed class SavedMemoryCipher(string secret)
{
    private const int PieceBytes = 1 << 20;
    private const int KeyBytes = 32;
    private const int SaltBytes = 32;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;

    /// <summary>What the file begins with.</summary>
    private static ReadOnlySpan<byte> Magic => "nines memory 1\n"u8;

    /// <summary>The cipher of a machine that has an encrypted disk; <see langword="null"/> when it has none, and its memory may lie on the host's disk as its disks do.</summary>
    /// <param name="keys">What its disks are encrypted with.</param>
    /// <exception cref="VmStartException">The key cannot be used.</exception>
    /// <exception cref="IOException">The host was not told the secret yet.</exception>
    public static SavedMemoryCipher? Of(IEnumerable<DiskKey?> keys) => keys.FirstOrDefault(key => key is not null) switch
    {
        null => null,
        { Secret: { } secret } => new SavedMemoryCipher(secret),
        { Failure: { } failure } => throw new VmStartException(failure),
        var key => throw new IOException($"The secret of {key.Id} is not known yet: the machine's memory cannot be kept secret."),
    };

    /// <summary>Encrypts all that a stream gives.</summary>
    public async Task EncryptAsync(Stream plain, Stream file, CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        await file.WriteAsync((byte[])[.. Magic, .. salt], cancellationToken);
        using var cipher = new AesGcm(KeyOf(salt), TagBytes);
        byte[] piece = new byte[PieceBytes], locked = new byte[PieceBytes + TagBytes];
        for (int number = 0, read = PieceBytes; read == PieceBytes; number++)
        {
            read = await plain.ReadAtLeastAsync(piece, PieceBytes, throwOnEndOfStream: false, cancellationToken);
            cipher.Encrypt(NonceOf(number), piece.AsSpan(0, read), locked.AsSpan(0, read), locked.AsSpan(read, TagBytes));
            await file.WriteAsync(locked.AsMemory(0, read + TagBytes), cancellationToken);
        }
    }

    /// <summary>Decrypts all of a file.</summary>
    /// <exception cref="InvalidDataException">It is not what was written with this secret, or not all of it; what was decrypted before is worth nothing.</exception>
    public async Task DecryptAsync(Stream file, Stream plain, CancellationToken cancellationToken)
    {
        var head = new byte[Magic.Length + SaltBytes];
        if (await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) < head.Length || !head.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException("The saved memory is not encrypted as it should be.");
        }

        using var cipher = new AesGcm(KeyOf(head.AsSpan(Magic.Length)), TagBytes);
        byte[] locked = new byte[PieceBytes + TagBytes], piece = new byte[PieceBytes];
        for (int number = 0, length = PieceBytes; length == PieceBytes; number++)
        {
            length = await file.ReadAtLeastAsync(locked, locked.Length, throwOnEndOfStream: false, cancellationToken) - TagBytes;
            try
            {
                ArgumentOutOfRangeException.ThrowIfNegative(length);
                cipher.Decrypt(NonceOf(number), locked.AsSpan(0, length), locked.AsSpan(length, TagBytes), piece.AsSpan(0, length));
            }
            catch (Exception exception) when (exception is AuthenticationTagMismatchException or ArgumentOutOfRangeException)
            {
                throw new InvalidDataException("The saved memory was changed, cut short, or locked with another key.", exception);
            }

            await plain.WriteAsync(piece.AsMemory(0, length), cancellationToken);
        }
    }

    private byte[] KeyOf(ReadOnlySpan<byte> salt)
    {
        var key = new byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), key, salt, "saved memory"u8);
        return key;
    }

    /// <summary>No two pieces of a key have the same: each file has a key of its own.</summary>
    private static byte[] NonceOf(int number)
    {
        var nonce = new byte[NonceBytes];
        BinaryPrimitives.WriteInt32BigEndian(nonce, number);
        return nonce;
    }
}
