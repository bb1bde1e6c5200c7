using Nines.Wire;

namespace Nines.Control.Services.InstanceConnect;

/// <summary>The errors of EC2 Instance Connect ("SendSSHPublicKey", EC2 Instance Connect API Reference).</summary>
internal static class InstanceConnectErrors
{
    public static AwsException Invalid(string member, string value, string rule) => new("InvalidArgsException", $"Value '{value}' at '{member}' is not valid: {rule}");

    /// <summary>The key itself may be long, and is nothing to repeat.</summary>
    public static AwsException InvalidKey(string rule) => new("InvalidArgsException", $"Value at 'sSHPublicKey' is not valid: {rule}");

    /// <summary>Also of an instance of another account, and of one in another zone than the caller says.</summary>
    public static AwsException NotFound(string instanceId) => new("EC2InstanceNotFoundException", $"The instance {instanceId} was not found.", 404);

    public static AwsException StateInvalid(string instanceId, string state) => new(
        "EC2InstanceStateInvalidException",
        $"Unable to connect because the instance {instanceId} is {state}. Connecting to a stopped or terminated instance is not supported. If the instance is stopped, start your instance, and try to connect again.");

    public static AwsException Unavailable(string instanceId) =>
        new("EC2InstanceUnavailableException", $"The instance {instanceId} is currently unavailable. Wait a few minutes and try again.", 503);

    public static AwsException TooManyKeys(string instanceId, int most) =>
        new("ThrottlingException", $"The instance {instanceId} has {most} keys that are not over yet, and can have no more. Wait a while and try again.", 429);
}
