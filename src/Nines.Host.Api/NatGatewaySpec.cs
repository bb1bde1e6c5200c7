namespace Nines.Host.Api;

/// <summary>A NAT gateway: what lets adapters without a public address of their own speak to the internet, under its address.</summary>
/// <param name="Id">The id, <c>nat-…</c>.</param>
/// <param name="SubnetId">The subnet that it is in; without a route to the internet gateway there it carries nothing.</param>
/// <param name="PublicIpAddress">The address that it speaks with.</param>
public sealed record NatGatewaySpec(string Id, string SubnetId, string PublicIpAddress);
