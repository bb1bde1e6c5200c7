namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>A private address of an interface, and the public one that is translated to it.</summary>
/// <param name="PrivateIpAddress">The private address.</param>
/// <param name="PublicIpAddress">The public one, or <see langword="null"/>.</param>
/// <param name="AllocationId">The elastic address that the public one is, <c>eipalloc-…</c>; <see langword="null"/> for one of the pool.</param>
internal sealed record InterfaceAddress(string PrivateIpAddress, string? PublicIpAddress = null, string? AllocationId = null);
