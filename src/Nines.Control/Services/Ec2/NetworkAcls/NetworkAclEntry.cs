using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Nines.Control.Services.Ec2.NetworkAcls;

/// <summary>One rule of an access list.</summary>
/// <param name="RuleNumber">Its place, 1 to 32766; the last rule of every list, which denies everything, has 32767.</param>
/// <param name="IsEgress">Whether it is about what leaves the subnet.</param>
/// <param name="Protocol">IANA number, or <c>-1</c> for all.</param>
/// <param name="CidrBlock">The other side.</param>
/// <param name="Allow">Whether it allows or denies.</param>
internal sealed record NetworkAclEntry(int RuleNumber, bool IsEgress, string Protocol, string CidrBlock, bool Allow)
{
    /// <summary>The number of the rule that denies what no other rule allowed.</summary>
    public const int LastRuleNumber = 32767;

    /// <summary>The protocol that stands for all.</summary>
    public const string AllProtocols = "-1";

    /// <summary>The two rules that end every list.</summary>
    public static ImmutableArray<NetworkAclEntry> Last { get; } =
    [
        new(LastRuleNumber, IsEgress: true, AllProtocols, "0.0.0.0/0", Allow: false),
        new(LastRuleNumber, IsEgress: false, AllProtocols, "0.0.0.0/0", Allow: false),
    ];

    /// <summary>Entries as lists keep them: what leaves the subnet first, then by number.</summary>
    public static ImmutableArray<NetworkAclEntry> InOrder(IEnumerable<NetworkAclEntry> entries) =>
        [.. entries.OrderByDescending(entry => entry.IsEgress).ThenBy(entry => entry.RuleNumber)];

    /// <summary>Whether its ports are ICMP's type and code.</summary>
    [JsonIgnore]
    public bool IsIcmp => Protocol == "1";

    /// <summary>First port (TCP, UDP) or ICMP type; <see langword="null"/> for all.</summary>
    public int? FromPort { get; init; }

    /// <summary>Last port (TCP, UDP) or ICMP code; <see langword="null"/> for all.</summary>
    public int? ToPort { get; init; }
}
