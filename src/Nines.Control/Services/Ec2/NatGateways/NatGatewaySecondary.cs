namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>A further address that a NAT gateway speaks with.</summary>
/// <param name="AllocationId">The elastic address, <c>eipalloc-…</c>; <see langword="null"/> for a private gateway.</param>
/// <param name="PublicIp">That address.</param>
/// <param name="PrivateIpAddress">The private address of the gateway's interface that has it.</param>
internal sealed record NatGatewaySecondary(string? AllocationId, string? PublicIp, string PrivateIpAddress);
