namespace Nines.Host.Api;

/// <summary>An adapter as a machine sees it; addresses and rules are in the <see cref="VpcSpec"/>.</summary>
/// <param name="Id">The network interface, <c>eni-…</c>.</param>
/// <param name="VpcId">The network it is in.</param>
/// <param name="MacAddress">Six octets, lower case, colons between.</param>
/// <param name="DeviceIndex">0 for the primary adapter.</param>
/// <param name="LinkDown">Whether its cable is pulled, so that a guest's failover can be seen.</param>
/// <param name="Leaving">Whether the guest is to lose it.</param>
public sealed record VmInterface(string Id, string VpcId, string MacAddress, int DeviceIndex, bool LinkDown = false, bool Leaving = false);
