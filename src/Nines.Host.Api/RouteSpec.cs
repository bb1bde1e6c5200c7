namespace Nines.Host.Api;

/// <summary>One route.</summary>
/// <param name="DestinationCidrBlock">The addresses it is for, such as <c>0.0.0.0/0</c>.</param>
/// <param name="Target">What takes packets there.</param>
public sealed record RouteSpec(string DestinationCidrBlock, RouteTarget Target);
