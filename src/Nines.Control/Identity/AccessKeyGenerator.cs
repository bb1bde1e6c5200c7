using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Nines.Wire.Signing;

namespace Nines.Control.Identity;

/// <summary>Makes accounts' ids, and access keys in AWS's shapes: 20 characters of base 32 after a prefix of four, and 40 of base 64.</summary>
/// <param name="random">Cryptographic randomness.</param>
internal sealed class AccessKeyGenerator(RandomNumberGenerator random)
{
    /// <summary>What the ids of long-term keys begin with.</summary>
    public const string LongTermPrefix = "AKIA";

    /// <summary>What the ids of temporary keys begin with.</summary>
    public const string TemporaryPrefix = "ASIA";

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int IdCharacters = 16;
    private const int SecretBytes = 30;

    /// <summary>A new account's id: twelve digits, of which the first is not 0.</summary>
    public string NextAccountId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random.GetBytes(bytes);
        return ((BinaryPrimitives.ReadUInt64BigEndian(bytes) % 900_000_000_000) + 100_000_000_000).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A new key.</summary>
    /// <param name="prefix"><see cref="LongTermPrefix"/> or <see cref="TemporaryPrefix"/>.</param>
    public Credentials Next(string prefix)
    {
        Span<byte> bytes = stackalloc byte[IdCharacters + SecretBytes];
        random.GetBytes(bytes);
        Span<char> id = stackalloc char[IdCharacters];
        for (var index = 0; index < IdCharacters; index++)
        {
            id[index] = Base32[bytes[index] & 31];
        }

        return new Credentials($"{prefix}{id}", Convert.ToBase64String(bytes[IdCharacters..]));
    }
}
