namespace Nines.Control.Services.Ec2.VpcPeerings;

/// <summary>States of a peering (Amazon VPC Peering Guide: VPC peering connection lifecycle) that last; a request that nobody accepts expires by itself.</summary>
internal enum VpcPeeringState
{
    PendingAcceptance,
    Active,
    Failed,
    Rejected,
    Deleted,
    Expired,
}
