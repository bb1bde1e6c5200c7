using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Nines.Host.Api;

/// <summary>The fields of a flow log's line, in order (Amazon VPC User Guide: Flow log records).</summary>
/// <param name="Fields">Names of fields, such as <c>srcaddr</c>.</param>
/// <param name="Version">The youngest version that one of them is of.</param>
public sealed record FlowLogFormat(ImmutableArray<string> Fields, int Version)
{
    /// <summary>What AWS writes when nothing else is asked for: the fields of version 2.</summary>
    public const string Default =
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

    private static readonly FrozenDictionary<string, int> s_versions = new (int Version, string Fields)[]
    {
        (2, "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"),
        (3, "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr"),
        (4, "region az-id sublocation-type sublocation-id"),
        (5, "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path"),
    }.SelectMany(version => version.Fields.Split(' '), (version, field) => KeyValuePair.Create(field, version.Version)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a format: fields with <c>${</c> and <c>}</c> around, and blanks between.</summary>
    /// <param name="text">The format.</param>
    /// <param name="format">What it says.</param>
    /// <param name="wrong">The words that are no field.</param>
    /// <returns>Whether all of its words are fields.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out FlowLogFormat? format, out ImmutableArray<string> wrong)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var fields = words.Where(word => word.StartsWith("${", StringComparison.Ordinal) && word.EndsWith('}')).Select(word => word[2..^1])
            .Where(s_versions.ContainsKey).ToImmutableArray();
        wrong = [.. words.Where(word => !fields.Any(field => word == $"${{{field}}}"))];
        format = wrong.IsEmpty && !fields.IsEmpty ? new(fields, fields.Max(field => s_versions[field])) : null;
        return format is not null;
    }
}
