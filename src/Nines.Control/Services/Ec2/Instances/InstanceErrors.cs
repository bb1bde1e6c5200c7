using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The errors that only instances have, in EC2's codes and words.</summary>
internal static class InstanceErrors
{
    public static AwsException CannotStart(string id) => IncorrectState($"The instance '{id}' is not in a state from which it can be started.");

    public static AwsException CannotStop(string id) => IncorrectState($"This instance '{id}' is not in a state from which it can be stopped.");

    public static AwsException NeverRan(string id) => IncorrectState($"Instance '{id}' cannot be stopped as it has never reached the 'running' state.");

    public static AwsException NotRunning(string id) => IncorrectState($"Instance '{id}' is not in the 'running' state.");

    public static AwsException NeitherRunningNorStopped(string id) => IncorrectState($"The instance '{id}' is not in the 'running' or 'stopped' state.");

    /// <summary>Its TPM and its firmware's memory are made when its machine starts for the first time.</summary>
    public static AwsException NotStartedYet(string id) => IncorrectState($"The instance '{id}' has not been started yet.");

    public static AwsException WithoutRoot(Instance instance) =>
        Ec2Errors.InvalidParameterValue($"Invalid value '{instance.Id}' for instanceId. Instance does not have a volume attached at root ({instance.RootDeviceName})");

    /// <summary>An attribute that may change only while the instance is stopped.</summary>
    public static AwsException NotStopped(string id) => IncorrectState($"The instance '{id}' is not in the 'stopped' state.");

    /// <summary>Nothing of an instance that ends may change.</summary>
    public static AwsException Terminated(string id) => IncorrectState($"The instance '{id}' is not in a state from which it can be modified.");

    public static AwsException TerminationProtected(string id) => new(
        "OperationNotPermitted",
        $"The instance '{id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.");

    public static AwsException StopProtected(string id) => new(
        "OperationNotPermitted",
        $"The instance '{id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.");

    public static AwsException NotHibernatable(string id) => new(
        "UnsupportedHibernationConfiguration",
        $"The instance '{id}' is not configured for hibernation.");

    /// <summary>Saved memory has the size of its type (EC2 User Guide: Hibernate your instance: limitations).</summary>
    public static AwsException HibernatedTypeFixed(string id) => new(
        "UnsupportedHibernationConfiguration",
        $"The instance '{id}' is hibernated; its instance type cannot be changed until it has been started again.");

    /// <summary>No host of the zone has room; the client may repeat the request.</summary>
    public static AwsException InsufficientCapacity(string instanceType, string zone, IReadOnlyCollection<string> otherZones) => new(
        "InsufficientInstanceCapacity",
        $"We currently do not have sufficient {instanceType} capacity in the Availability Zone you requested ({zone})."
        + (otherZones.Count == 0
            ? " Our system will be working on provisioning additional capacity."
            : $" Our system will be working on provisioning additional capacity. You can currently get {instanceType} capacity by not specifying an Availability Zone in your request or choosing {string.Join(", ", otherZones)}."),
        500);

    public static AwsException TokenReused(string token) => new(
        "IdempotentParameterMismatch",
        $"Arguments on this idempotent request are inconsistent with arguments used in previous request(s). Client token: {token}");

    private static AwsException IncorrectState(string message) => new("IncorrectInstanceState", message);
}
