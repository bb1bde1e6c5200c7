using System.Buffers;
using System.Security.Cryptography;

namespace Nines.Wire.Signing;

/// <summary>The values that stand for the body in a signature.</summary>
public static class Payload
{
    /// <summary>The header that declares the body's hash.</summary>
    public const string HeaderName = "x-amz-content-sha256";

    /// <summary>The SHA-256 of an empty body.</summary>
    public const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The body is not covered.</summary>
    public const string NotSigned = "UNSIGNED-PAYLOAD";

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private const string SignedChunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    private const string SignedChunksWithTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    private const string UnsignedChunksWithTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /// <summary>The body's SHA-256 as the lower-case hexadecimal text that a signature contains.</summary>
    public static string Hash(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return EmptyHash;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Reads a declared value; null when it is neither a hash nor one of the constants.</summary>
    public static PayloadKind? ParseKind(string declared) => declared switch
    {
        NotSigned => PayloadKind.NotSigned,
        SignedChunks => PayloadKind.SignedChunks,
        SignedChunksWithTrailer => PayloadKind.SignedChunksWithTrailer,
        UnsignedChunksWithTrailer => PayloadKind.UnsignedChunksWithTrailer,
        { Length: 64 } when !declared.AsSpan().ContainsAnyExcept(s_hexDigits) => PayloadKind.Hash,
        _ => null,
    };
}
