namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>Where the group is that a rule names across a peering.</summary>
/// <param name="AccountId">Whose it is.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="VpcPeeringConnectionId">The peering by which it was named, <c>pcx-…</c>.</param>
internal sealed record PeerOfRule(string AccountId, string VpcId, string VpcPeeringConnectionId);
