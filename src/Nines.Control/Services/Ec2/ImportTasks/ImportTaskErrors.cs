using Nines.Wire;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>The errors that only imports and exports have, in EC2's codes and, where they are known, words.</summary>
internal static class ImportTaskErrors
{
    public static AwsException Invalid(string message) => new("InvalidParameter", message);

    public static AwsException NoAccess(string bucket, string key, string why) => Invalid($"User does not have access to the S3 object ({bucket}/{key}): {why}");

    public static AwsException NotAUrl(string url) =>
        Invalid($"Invalid S3 source location: {url}. This cloud fetches nothing from elsewhere; name a file of a bucket of it as s3://BUCKET/KEY.");

    public static AwsException TooMany(int limit) => new("ResourceLimitExceeded", $"There are {limit} active tasks already. Wait for one to end, or cancel one.");

    public static AwsException NoHost() => new("Unavailable", "No host of this cloud can take a disk now.", 503);

    public static AwsException NotActive(string id, string state) => Ec2Errors.IncorrectState($"The task {id} is {state} and cannot be canceled.");
}
