namespace Nines.Host.Api;

/// <summary>A further private address of an adapter.</summary>
/// <param name="PrivateIpAddress">The private IPv4 address.</param>
/// <param name="PublicIpAddress">Public IPv4 address that is translated 1:1 to it, or <see langword="null"/>.</param>
public sealed record InterfaceAddressSpec(string PrivateIpAddress, string? PublicIpAddress);
