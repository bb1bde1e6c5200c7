namespace Nines.Control.Services.Ec2.NetworkAcls;

/// <summary>That an access list guards a subnet.</summary>
/// <param name="Id">The association, <c>aclassoc-…</c>.</param>
/// <param name="SubnetId">The subnet.</param>
internal sealed record NetworkAclAssociation(string Id, string SubnetId);
