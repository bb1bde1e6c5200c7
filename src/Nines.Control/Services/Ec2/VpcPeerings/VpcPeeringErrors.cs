using Nines.Wire;

namespace Nines.Control.Services.Ec2.VpcPeerings;

/// <summary>The errors that only peerings have, in EC2's codes and words.</summary>
internal static class VpcPeeringErrors
{
    public static AwsException Exists(string id) => new("VpcPeeringConnectionAlreadyExists", $"A VPC peering connection between these VPCs already exists: {id}");

    public static AwsException CannotChange(VpcPeering peering, string to, DateTimeOffset now) => new(
        "InvalidStateTransition",
        $"Invalid state transition for {peering.Id}, attempted to transition from {VpcPeeringDescriptions.Name(peering.StateAt(now))} to {to}");

    public static AwsException NotAccepter(string accountId, string verb, string id) => new("OperationNotPermitted", $"User {accountId} cannot {verb} peering {id}");

    public static AwsException NotActive(string id) =>
        new("OperationNotPermitted", $"Peering {id} is not active. Peering options can be added only to active peerings.");

    public static AwsException NotOwner(string accountId, string side, string id) =>
        new("OperationNotPermitted", $"User {accountId} cannot modify {side} peering options of {id}");

    public static AwsException TooMany(string vpcId) => new("VpcPeeringConnectionsPerVpcLimitExceeded", $"The maximum number of VPC peering connections for the VPC {vpcId} has been reached.");
}
