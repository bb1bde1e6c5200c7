using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Nines.Api.Ec2;

namespace Nines.Control.Services.Ec2.Query;

/// <summary>What a page token belongs to. A token is refused when any of it differs; only the page's size may change between pages.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="AccountId">The caller's account.</param>
/// <param name="Filters">The request's filters.</param>
/// <param name="Others">Other parameters that narrow the answer.</param>
internal sealed record PageScope(string Operation, string AccountId, IReadOnlyList<Filter>? Filters = null, params IReadOnlyList<string?> Others)
{
    /// <summary>A digest of all of it, the same on every machine and in every run.</summary>
    public ulong Digest()
    {
        // Every text goes in behind its length, so that no two different requests read the same.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Operation);
        Append(hash, AccountId);
        foreach (var filter in Filters ?? [])
        {
            Append(hash, filter.Name);
            foreach (var value in filter.Values ?? [])
            {
                Append(hash, value);
            }

            Append(hash, null);
        }

        foreach (var other in Others)
        {
            Append(hash, other);
        }

        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string? text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
