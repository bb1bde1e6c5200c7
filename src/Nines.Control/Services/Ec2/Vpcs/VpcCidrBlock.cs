namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>That a VPC has an address block.</summary>
/// <param name="AssociationId">The association, <c>vpc-cidr-assoc-…</c>.</param>
/// <param name="CidrBlock">The block.</param>
internal sealed record VpcCidrBlock(string AssociationId, string CidrBlock);
