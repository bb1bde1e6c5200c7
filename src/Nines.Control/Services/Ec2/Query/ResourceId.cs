using System.Buffers;

namespace Nines.Control.Services.Ec2.Query;

/// <summary>Turns the ids of a request into typed ones, or says in EC2's words why that cannot be.</summary>
internal static class ResourceId
{
    // Resources made before 2018 have 8 hexadecimal digits, all later ones 17.
    private const int ShortDigits = 8;
    private const int LongDigits = 17;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The id that <paramref name="value"/> is.</summary>
    /// <exception cref="Nines.Wire.AwsException">The kind's "malformed" error.</exception>
    public static TId Parse<TId>(string? value)
        where TId : struct, IResourceId<TId>
        => value is not null && IsWellFormed(TId.Kind, value) ? TId.Wrap(value) : throw Ec2Errors.Malformed(TId.Kind, value ?? "");

    /// <summary>The ids that <paramref name="values"/> are, each once, in the order of the request; empty when there are none.</summary>
    /// <exception cref="Nines.Wire.AwsException">The kind's "malformed" error for the first that is not an id.</exception>
    public static IReadOnlyList<TId> ParseAll<TId>(IReadOnlyList<string>? values)
        where TId : struct, IResourceId<TId>
        => values is null or [] ? [] : [.. values.Select(Parse<TId>).Distinct()];

    /// <summary>Whether <paramref name="value"/> has the kind's prefix, a dash and 8 or 17 lower-case hexadecimal digits.</summary>
    public static bool IsWellFormed(ResourceKind kind, string value)
    {
        var prefix = kind.Prefix.Length;
        var digits = value.Length - prefix - 1;
        return digits is ShortDigits or LongDigits
            && value.StartsWith(kind.Prefix, StringComparison.Ordinal)
            && value[prefix] == '-'
            && value.AsSpan(prefix + 1).IndexOfAnyExcept(HexDigits) < 0;
    }
}
