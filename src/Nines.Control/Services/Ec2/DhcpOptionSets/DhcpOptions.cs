using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.DhcpOptionSets;

/// <summary>What a VPC's guests are told by DHCP beside their address.</summary>
internal sealed record DhcpOptions : ITaggable<DhcpOptions>
{
    /// <summary>The name server that stands for the cloud's own resolver.</summary>
    public const string AmazonProvidedDns = "AmazonProvidedDNS";

    /// <summary>What a VPC has in place of a set whose guests are told nothing.</summary>
    public const string None = "default";

    /// <summary>The option that is the guests' domain.</summary>
    public const string DomainName = "domain-name";

    /// <summary>The option that names DNS servers.</summary>
    public const string NameServers = "domain-name-servers";

    /// <summary>The option that names NTP servers.</summary>
    public const string TimeServers = "ntp-servers";

    /// <summary>The option that names NetBIOS name servers.</summary>
    public const string NetbiosNameServers = "netbios-name-servers";

    /// <summary>The option that is the NetBIOS node type.</summary>
    public const string NetbiosNodeType = "netbios-node-type";

    /// <summary>All sets.</summary>
    public static readonly TableDefinition<DhcpOptions> Table = new("dhcp-options", Ec2JsonContext.Default.DhcpOptions);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>Values by the options' names: <c>domain-name</c>, <c>domain-name-servers</c>, <c>ntp-servers</c> …</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>What new VPCs get: the region's domain and the cloud's resolver.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Default(string region) =>
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty
            .Add(DomainName, [InstanceNames.PrivateDomain(region)])
            .Add(NameServers, [AmazonProvidedDns]);

    /// <summary>Whether two sets say the same.</summary>
    public static bool AreSame(ImmutableSortedDictionary<string, ImmutableArray<string>> left, ImmutableSortedDictionary<string, ImmutableArray<string>> right) =>
        left.Count == right.Count && left.All(option => right.TryGetValue(option.Key, out var values) && option.Value.SequenceEqual(values));

    /// <summary>The values of an option; empty when the set does not have it.</summary>
    public ImmutableArray<string> ValuesOf(string option) => Options.GetValueOrDefault(option, []);

    /// <inheritdoc/>
    public DhcpOptions WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
