using Nines.Wire;

namespace Nines.Control.Services.Ec2.FlowLogs;

/// <summary>The errors that only flow logs have, in EC2's codes and words.</summary>
internal static class FlowLogErrors
{
    /// <summary>A parameter is missing that another one's value needs.</summary>
    public static AwsException Needed(string parameter, string by, string value) => Invalid($"{parameter} can't be empty if {by} is {value}.");

    public static AwsException Invalid(string message) => new("InvalidParameter", message);

    public static AwsException Exists() =>
        new("FlowLogAlreadyExists", "Error. There is an existing Flow Log with the same configuration and log destination.");

    public static AwsException TooMany(string resourceId) =>
        new("FlowLogsLimitExceeded", $"The maximum number of flow logs of {resourceId}, {NetworkLimits.MaxFlowLogsPerResource}, has been reached.");

    public static AwsException NotFound(IReadOnlyCollection<string> ids) => new(
        "InvalidFlowLogId.NotFound", $"These flow log ids in the input list are not found: [TotalCount: {ids.Count}] {string.Join(", ", ids)}");
}
