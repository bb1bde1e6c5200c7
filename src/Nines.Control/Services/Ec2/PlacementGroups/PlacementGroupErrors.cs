using Nines.Wire;

namespace Nines.Control.Services.Ec2.PlacementGroups;

/// <summary>The errors that only placement groups have, in EC2's codes and words.</summary>
internal static class PlacementGroupErrors
{
    public static AwsException Unknown(string name) => new("InvalidPlacementGroup.Unknown", $"The Placement Group '{name}' is unknown.");

    public static AwsException Duplicate(string name) => new("InvalidPlacementGroup.Duplicate", $"The Placement Group '{name}' already exists.");

    public static AwsException InUse(string name) => new("InvalidPlacementGroup.InUse", $"The placement group '{name}' is in use and may not be deleted.");

    public static AwsException TypeUnsupported(string strategy, string type) => Ec2Errors.InvalidParameterCombination(
        $"{char.ToUpperInvariant(strategy[0])}{strategy[1..]} placement groups are not supported by the '{type}' instance type. Specify a supported instance type or change the placement group strategy, and try again.");

    public static AwsException NoPartitions(string name) => Ec2Errors.InvalidParameterCombination(
        $"The parameter PartitionNumber needs a placement group with partitions; '{name}' has none.");

    public static AwsException WrongPartition(PlacementGroup group, int number) => Ec2Errors.InvalidValue(
        "partitionNumber", $"{number}", $"Expecting a number between 1 and {group.PartitionCount}.");

    /// <summary>EC2's limit of a spread group.</summary>
    public static AwsException TooManySpread(string name, string zone) => new(
        "InstanceLimitExceeded", $"The spread placement group '{name}' may have {PlacementGroupRules.MaximumSpread} running instances per Availability Zone; {zone} would have more.");
}
