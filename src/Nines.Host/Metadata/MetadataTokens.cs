using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Nines.Host.Metadata;

/// <summary>
/// Session tokens of version 2 of the metadata service. A token is its own record: an expiry and a code over it and the machine's
/// id, so nothing is stored for it, it is worth nothing to another machine, and it survives a restart.
/// </summary>
internal sealed class MetadataTokens(ReadOnlyMemory<byte> key, TimeProvider time)
{
    /// <summary>The longest life of a token, six hours (AWS: Instance metadata and user data).</summary>
    public const int MaxLifetimeSeconds = 21600;

    private const int ExpiryBytes = sizeof(long);
    private const int TokenBytes = ExpiryBytes + HMACSHA256.HashSizeInBytes;

    /// <summary>Reads the key of a state folder, or makes it at the first start, readable by its owner only.</summary>
    public static byte[] LoadKey(string path)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: HMACSHA256.HashSizeInBytes } key)
        {
            return key;
        }

        key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        return key;
    }

    /// <summary>A token for a machine.</summary>
    /// <param name="vmId">The machine, <c>i-…</c>.</param>
    /// <param name="lifetimeSeconds">1 to <see cref="MaxLifetimeSeconds"/>.</param>
    public string Issue(string vmId, int lifetimeSeconds)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, time.GetUtcNow().ToUnixTimeSeconds() + lifetimeSeconds);
        Sign(token[..ExpiryBytes], vmId, token[ExpiryBytes..]);
        return Convert.ToBase64String(token).Replace('+', '-').Replace('/', '_');
    }

    /// <summary>Whether the token was issued to the machine and has not expired.</summary>
    public bool Accepts(string vmId, string token)
    {
        Span<byte> bytes = stackalloc byte[TokenBytes];
        if (token.Length > 2 * TokenBytes
            || !Convert.TryFromBase64String(token.Replace('-', '+').Replace('_', '/'), bytes, out var length)
            || length != TokenBytes)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(bytes[..ExpiryBytes], vmId, expected);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[ExpiryBytes..])
            && BinaryPrimitives.ReadInt64BigEndian(bytes) > time.GetUtcNow().ToUnixTimeSeconds();
    }

    private void Sign(ReadOnlySpan<byte> expiry, string vmId, Span<byte> code) =>
        HMACSHA256.HashData(key.Span, [.. expiry, .. Encoding.UTF8.GetBytes(vmId)], code);
}
