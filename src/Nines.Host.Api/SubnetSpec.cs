namespace Nines.Host.Api;

/// <summary>A subnet: an address block whose second address is its router.</summary>
/// <param name="Id">The id, <c>subnet-…</c>.</param>
/// <param name="CidrBlock">Its addresses, such as <c>172.31.16.0/20</c>.</param>
/// <param name="RouteTableId">The table of its network that says where its packets go, <c>rtb-…</c>; <see langword="null"/>: nowhere else.</param>
/// <param name="NetworkAclId">The list of its network that guards its border, <c>acl-…</c>; <see langword="null"/>: nothing does.</param>
public sealed record SubnetSpec(string Id, string CidrBlock, string? RouteTableId = null, string? NetworkAclId = null);
