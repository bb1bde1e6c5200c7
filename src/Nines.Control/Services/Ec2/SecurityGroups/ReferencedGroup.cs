namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>A group that a permission names.</summary>
/// <param name="Id">The group.</param>
/// <param name="Peer">Where it is when it is not in the same VPC.</param>
internal sealed record ReferencedGroup(string Id, PeerOfRule? Peer = null);
