using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>A virtual private cloud: an address space of its own.</summary>
internal sealed record Vpc : ITaggable<Vpc>
{
    /// <summary>All VPCs.</summary>
    public static readonly TableDefinition<Vpc> Table = new("vpcs", Ec2JsonContext.Default.Vpc);

    /// <summary>By its own id, whatever the account: hosts know a network by that alone.</summary>
    public static readonly IndexDefinition<Vpc> ById = Table.Index("id", vpc => vpc.Id);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The address blocks; the first is the primary one and never changes.</summary>
    public required ImmutableArray<VpcCidrBlock> CidrBlocks { get; init; }

    /// <summary>Whether launches that name no subnet go here.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Where its instances run: <c>default</c> or <c>dedicated</c>.</summary>
    public string InstanceTenancy { get; init; } = "default";

    /// <summary>What its guests are told by DHCP, <c>dopt-…</c>.</summary>
    public required string DhcpOptionsId { get; init; }

    /// <summary>The route table of subnets that have none of their own.</summary>
    public required string MainRouteTableId { get; init; }

    /// <summary>The access list that new subnets get.</summary>
    public required string DefaultNetworkAclId { get; init; }

    /// <summary>The group that interfaces get when none is named.</summary>
    public required string DefaultSecurityGroupId { get; init; }

    /// <summary>Whether the cloud's resolver answers in it.</summary>
    public bool EnableDnsSupport { get; init; } = true;

    /// <summary>Whether instances with public addresses get public names; true in the default VPC.</summary>
    public bool EnableDnsHostnames { get; init; }

    /// <summary>Whether its addresses in use are counted for metrics, which nothing here does; kept for clients that set it.</summary>
    public bool EnableNetworkAddressUsageMetrics { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The primary block in CIDR notation.</summary>
    [JsonIgnore]
    public string CidrBlock => CidrBlocks[0].CidrBlock;

    /// <summary>The account's default VPC, or <see langword="null"/> when it has been deleted.</summary>
    public static Vpc? FindDefault(Cloud cloud, string accountId) => cloud.List(Table, accountId).FirstOrDefault(vpc => vpc.IsDefault);

    /// <inheritdoc cref="FindDefault(Cloud, string)"/>
    public static Vpc? FindDefault(CloudTransaction transaction, string accountId) => transaction.List(Table, accountId).FirstOrDefault(vpc => vpc.IsDefault);

    /// <inheritdoc/>
    public Vpc WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
