using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Nines.Control.Services.Ec2.Query;

/// <summary>
/// Which page of an answer a request asks for. A token carries the key of the last item that was answered, so pages stay
/// right while resources come and go, and a digest of the request, so that it continues only the request it came from.
/// </summary>
internal sealed class PageRequest
{
    private const byte Version = 1;
    private const int DigestLength = 8;
    private const int HeaderLength = 1 + DigestLength;

    private readonly ulong _digest;

    private PageRequest(int? size, string? afterKey, ulong digest)
    {
        Size = size;
        AfterKey = afterKey;
        _digest = digest;
    }

    /// <summary>The most items on the page; <see langword="null"/> for no bound.</summary>
    public int? Size { get; }

    /// <summary>The key after which the page begins (ordinal order); <see langword="null"/> for the first page.</summary>
    public string? AfterKey { get; }

    /// <summary>Reads the paging parameters of a request.</summary>
    /// <param name="limits">The operation's page sizes.</param>
    /// <param name="maxResults">The request's MaxResults.</param>
    /// <param name="nextToken">The request's NextToken.</param>
    /// <param name="scope">What the token belongs to: the operation, the account and all that narrows the answer.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c> for the size, <c>InvalidNextToken</c> for the token.</exception>
    public static PageRequest Parse(PageLimits limits, int? maxResults, string? nextToken, PageScope scope)
    {
        if (maxResults < limits.Minimum)
        {
            throw Ec2Errors.InvalidParameterValue($"Value ( {maxResults} ) for parameter maxResults is invalid. Expecting a value greater than {limits.Minimum}.");
        }

        if (maxResults > limits.Maximum && !limits.Clamps)
        {
            throw Ec2Errors.InvalidParameterValue($"Value ( {maxResults} ) for parameter maxResults is invalid. Expecting a value less than {limits.Maximum}.");
        }

        var size = maxResults is { } asked ? Math.Min(asked, limits.Maximum) : limits.Default;
        var digest = scope.Digest();
        return new PageRequest(size, string.IsNullOrEmpty(nextToken) ? null : ReadToken(nextToken, digest), digest);
    }

    /// <summary>Refuses a request that both names resources and asks for pages.</summary>
    /// <param name="maxResults">The request's MaxResults.</param>
    /// <param name="ids">The ids that the request names.</param>
    /// <param name="parameter">EC2's name for those ids: <c>instancesSet</c>.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterCombination</c>.</exception>
    public static void RefuseWithIds(int? maxResults, IReadOnlyCollection<string>? ids, string parameter)
    {
        if (maxResults is not null && ids is { Count: > 0 })
        {
            throw Ec2Errors.InvalidParameterCombination($"The parameter {parameter} cannot be used with the parameter maxResults");
        }
    }

    /// <summary>Cuts the page out of all items.</summary>
    /// <param name="items">The matching items in ordinal order of their keys; may begin before the page, and is read only as far as needed.</param>
    /// <param name="key">An item's key, unique among all.</param>
    public Page<T> Take<T>(IEnumerable<T> items, Func<T, string> key)
    {
        var page = new List<T>(Math.Min(Size ?? 0, 1000));
        foreach (var item in items)
        {
            if (AfterKey is not null && string.CompareOrdinal(key(item), AfterKey) <= 0)
            {
                continue;
            }

            if (page.Count == Size)
            {
                return new Page<T>(page, WriteToken(key(page[^1])));
            }

            page.Add(item);
        }

        return new Page<T>(page, null);
    }

    private string WriteToken(string key)
    {
        var bytes = new byte[HeaderLength + Encoding.UTF8.GetByteCount(key)];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), _digest);
        Encoding.UTF8.GetBytes(key, bytes.AsSpan(HeaderLength));
        return Base64Url.EncodeToString(bytes);
    }

    private static string ReadToken(string token, ulong digest)
    {
        var bytes = Base64Url.IsValid(token) ? Base64Url.DecodeFromChars(token) : [];
        if (bytes.Length <= HeaderLength || bytes[0] != Version || BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(1)) != digest)
        {
            throw Ec2Errors.InvalidNextToken(token);
        }

        return Encoding.UTF8.GetString(bytes.AsSpan(HeaderLength));
    }
}
