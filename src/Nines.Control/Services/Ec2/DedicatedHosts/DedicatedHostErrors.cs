using Nines.Wire;

namespace Nines.Control.Services.Ec2.DedicatedHosts;

/// <summary>The errors that only dedicated hosts have, in EC2's codes and words.</summary>
internal static class DedicatedHostErrors
{
    /// <summary>No machine is free of others; the client may repeat the request.</summary>
    public static AwsException NoMachine() => new("InsufficientHostCapacity", "There is not enough capacity to fulfill your Dedicated Host request.", 500);

    public static AwsException Full() => new("InsufficientCapacityOnHost", "There is not enough capacity on the Dedicated Host to launch or start the instance.", 500);

    public static AwsException TypeUnsupported(string type) =>
        new("UnsupportedHostConfiguration", $"The specified Dedicated Host configuration is not supported: '{type}'.");

    public static AwsException TakesOther(string id, string instanceType) => Ec2Errors.InvalidParameterValue($"The host '{id}' does not support the instance type '{instanceType}'.");

    public static AwsException OtherMachine(string id, string instanceId) =>
        Ec2Errors.Unsupported($"The disks of the instance '{instanceId}' lie on another machine than the host '{id}'.");

    public static AwsException TenancyFixed(string id) =>
        Ec2Errors.InvalidParameterCombination($"The tenancy of the instance '{id}' cannot be changed from or to 'default'.");

    public static AwsException NotOnHost() => Ec2Errors.InvalidParameterCombination("HostId and Affinity can be specified only for instances with the tenancy 'host'.");
}
