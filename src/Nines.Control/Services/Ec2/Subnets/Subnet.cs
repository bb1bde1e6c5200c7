using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Subnets;

/// <summary>A part of a VPC's addresses, in one availability zone.</summary>
internal sealed record Subnet : ITaggable<Subnet>
{
    /// <summary>All subnets.</summary>
    public static readonly TableDefinition<Subnet> Table = new("subnets", Ec2JsonContext.Default.Subnet);

    /// <summary>Those of a VPC.</summary>
    public static readonly IndexDefinition<Subnet> ByVpc = Table.Index("vpc", subnet => subnet.VpcId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public required string VpcId { get; init; }

    /// <summary>Its addresses in CIDR notation, of which five cannot be given out.</summary>
    public required string CidrBlock { get; init; }

    /// <summary>The zone by its name, <c>us-east-1a</c>.</summary>
    public required string AvailabilityZone { get; init; }

    /// <summary>The zone by its id, <c>use1-az1</c>.</summary>
    public required string AvailabilityZoneId { get; init; }

    /// <summary>Whether launches that name only the zone, or nothing, go here.</summary>
    public bool DefaultForAz { get; init; }

    /// <summary>Whether a launch gets a public address unless it says otherwise.</summary>
    public bool MapPublicIpOnLaunch { get; init; }

    /// <summary>
    /// Whether it is being deleted: nothing new comes into it. What was on its way is there, or sees this, when it is looked at once more.
    /// </summary>
    public bool IsClosing { get; init; }

    /// <summary>What instances are named after: <c>ip-name</c> or <c>resource-name</c>.</summary>
    public string HostnameType { get; init; } = "ip-name";

    /// <summary>Whether a name made of the instance's id resolves to its address.</summary>
    public bool EnableResourceNameDnsARecord { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Its addresses.</summary>
    [JsonIgnore]
    public Ipv4Block Block => Ipv4Block.Parse(CidrBlock);

    /// <summary>A subnet that something is to come into; that it stays so becomes a condition.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidSubnetID.NotFound</c>.</exception>
    public static Subnet FindOpen(CloudTransaction transaction, string accountId, string id) =>
        transaction.Find(Table, accountId, id) is { IsClosing: false } subnet ? subnet : throw Ec2Errors.NotFound(ResourceKind.Subnet, id);

    /// <inheritdoc/>
    public Subnet WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
