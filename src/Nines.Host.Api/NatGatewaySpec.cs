using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>A NAT gateway: what lets adapters without a public address of their own speak to the internet, under its address.</summary>
/// <param name="Id">The id, <c>nat-…</c>.</param>
/// <param name="SubnetId">The subnet that it is in; without a route to the internet gateway there it carries nothing.</param>
/// <param name="PublicIpAddress">The address that it speaks with.</param>
public sealed record NatGatewaySpec(string Id, string SubnetId, string PublicIpAddress)
{
    /// <summary>Further addresses; each new connection has one of all.</summary>
    public ImmutableArray<string> SecondaryIpAddresses { get => field.IsDefault ? [] : field; init; } = [];

    /// <inheritdoc/>
    public bool Equals(NatGatewaySpec? other) => other is not null
        && (Id, SubnetId, PublicIpAddress) == (other.Id, other.SubnetId, other.PublicIpAddress)
        && SecondaryIpAddresses.AsSpan().SequenceEqual(other.SecondaryIpAddresses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, SubnetId, PublicIpAddress);
}
