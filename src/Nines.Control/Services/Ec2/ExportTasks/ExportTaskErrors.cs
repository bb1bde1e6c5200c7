using Nines.Wire;

namespace Nines.Control.Services.Ec2.ExportTasks;

/// <summary>The errors that only exports have, in EC2's codes.</summary>
internal static class ExportTaskErrors
{
    public static AwsException NotExportable(string imageId, string why) => new("NotExportable", $"The image ID '{imageId}' cannot be exported: {why}");

    public static AwsException NoBucket(string bucket) =>
        new("InvalidParameter", $"Insufficient permissions - please verify bucket ownership and write permissions on the bucket. Bucket: {bucket}");

    public static AwsException UnderWay(string imageId, string taskId) => Ec2Errors.IncorrectState($"The image ID '{imageId}' is being exported by the task {taskId}.");
}
