using Nines.Wire;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>The errors that only route tables have, in EC2's codes and words.</summary>
internal static class RouteTableErrors
{
    public static AwsException TooMany() => new("RouteTableLimitExceeded", "The maximum number of route tables for this VPC has been reached.");

    public static AwsException TooManyRoutes(string id) => new("RouteLimitExceeded", $"The maximum number of routes has been reached for route table {id}.");

    public static AwsException HasDependencies(string id) => Ec2Errors.DependencyViolation($"The routeTable '{id}' has dependencies and cannot be deleted.");

    public static AwsException AlreadyAssociated(string id) =>
        new("Resource.AlreadyAssociated", $"the specified association for route table {id} conflicts with an existing association");

    public static AwsException OtherNetwork(string tableId, string what, string id) =>
        Ec2Errors.InvalidParameterValue($"route table {tableId} and {what} {id} belong to different networks");

    public static AwsException AssociationNotFound(string id) => new("InvalidAssociationID.NotFound", $"The association ID '{id}' does not exist");

    public static AwsException MainStays(string id) => Ec2Errors.InvalidParameterValue($"cannot disassociate the main route table association {id}");

    public static AwsException RouteExists(string destination) => new("RouteAlreadyExists", $"The route identified by {destination} already exists.");

    public static AwsException RouteNotFound(string destination, string tableId) =>
        new("InvalidRoute.NotFound", $"no route with destination-cidr-block {destination} in route table {tableId}");

    public static AwsException LocalStays(string destination, string tableId) =>
        Ec2Errors.InvalidParameterValue($"cannot remove local route {destination} in route table {tableId}");

    public static AwsException LocalCannotBeReplaced(string destination, string tableId) =>
        Ec2Errors.InvalidParameterValue($"cannot replace local route {destination} in route table {tableId}");

    public static AwsException WithinVpc(string destination) =>
        Ec2Errors.InvalidParameterValue($"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.");

    public static AwsException GatewayNotFound(string id) => new("InvalidGatewayID.NotFound", $"The gateway ID '{id}' does not exist");

    public static AwsException NatGatewayNotFound(string id) => new("InvalidNatGatewayID.NotFound", $"The natGateway ID '{id}' does not exist");

    public static AwsException OneTarget() => Ec2Errors.InvalidParameterCombination("Exactly one target of a route must be specified.");
}
