namespace Nines.Host.Api;

/// <summary>A subnet: an address block whose second address is its router.</summary>
/// <param name="Id">The id, <c>subnet-…</c>.</param>
/// <param name="CidrBlock">Its addresses, such as <c>172.31.16.0/20</c>.</param>
/// <param name="HasInternetRoute">Whether its route table leads to an internet gateway.</param>
public sealed record SubnetSpec(string Id, string CidrBlock, bool HasInternetRoute);
