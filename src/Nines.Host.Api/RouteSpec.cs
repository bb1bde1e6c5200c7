namespace Nines.Host.Api;

/// <summary>One route.</summary>
/// <param name="DestinationCidrBlock">The addresses it is for, such as <c>0.0.0.0/0</c>.</param>
/// <param name="Target">What takes packets there.</param>
/// <param name="TargetId">The NAT gateway or the peering of the network, where that is the target.</param>
public sealed record RouteSpec(string DestinationCidrBlock, RouteTarget Target, string? TargetId = null);
