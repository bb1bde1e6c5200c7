using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Nines.Host.Api;

/// <summary>
/// A NAT gateway: what lets adapters without a public address of their own speak to the internet, under its address; or, when it is private, to
/// peered networks.
/// </summary>
/// <param name="Id">The id, <c>nat-…</c>.</param>
/// <param name="SubnetId">The subnet that it is in, whose routes lead what it carries on: to the internet gateway, or through peerings.</param>
/// <param name="IpAddress">The address that it speaks with; where it is written down its name is from when all were public.</param>
public sealed record NatGatewaySpec(string Id, string SubnetId, [property: JsonPropertyName("publicIpAddress")] string IpAddress)
{
    /// <summary>Whether it speaks with private addresses, and never to the internet.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Further addresses; each new connection has one of all.</summary>
    public ImmutableArray<string> SecondaryIpAddresses { get => field.IsDefault ? [] : field; init; } = [];

    /// <inheritdoc/>
    public bool Equals(NatGatewaySpec? other) => other is not null
        && (Id, SubnetId, IpAddress, IsPrivate) == (other.Id, other.SubnetId, other.IpAddress, other.IsPrivate)
        && SecondaryIpAddresses.AsSpan().SequenceEqual(other.SecondaryIpAddresses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, SubnetId, IpAddress, IsPrivate);
}
