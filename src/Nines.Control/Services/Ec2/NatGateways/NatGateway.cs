using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>
/// A NAT gateway: what lets instances without a public address speak to the internet, under its elastic address; or, when it is private, to peered
/// networks, under its private one.
/// </summary>
internal sealed record NatGateway : ITaggable<NatGateway>
{
    /// <summary>All NAT gateways.</summary>
    public static readonly TableDefinition<NatGateway> Table = new("nat-gateways", Ec2JsonContext.Default.NatGateway);

    /// <summary>Those of a VPC.</summary>
    public static readonly IndexDefinition<NatGateway> ByVpc = Table.Index("vpc", gateway => gateway.VpcId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public required string VpcId { get; init; }

    /// <summary>The subnet it is in, whose routes lead its packets out.</summary>
    public required string SubnetId { get; init; }

    /// <summary>The interface that keeps its private address, which ends with it.</summary>
    public required string NetworkInterfaceId { get; init; }

    /// <summary>Its private address.</summary>
    public required string PrivateIpAddress { get; init; }

    /// <summary>The elastic address that it speaks with, <c>eipalloc-…</c>; <see langword="null"/> for a private gateway.</summary>
    public string? AllocationId { get; init; }

    /// <summary>That address.</summary>
    public string? PublicIp { get; init; }

    /// <summary>The addresses that it speaks with beside the first.</summary>
    public ImmutableArray<NatGatewaySecondary> Secondary { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Since when it is.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>What its maker called the request, so that the same one again makes no second gateway.</summary>
    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Whether it never speaks to the internet.</summary>
    [JsonIgnore]
    public bool IsPrivate => AllocationId is null;

    /// <inheritdoc/>
    public NatGateway WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
