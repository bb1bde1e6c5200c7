using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Tags;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ExportTasks;

/// <summary>Exports as EC2 answers them.</summary>
internal static class ExportTaskDescriptions
{
    /// <summary>An export.</summary>
    public static ExportImageTask Describe(ExportTask task) => new()
    {
        ExportImageTaskId = task.Id,
        Description = task.Description,
        ImageId = task.ImageId,
        Progress = task.State is ImportTaskState.Active ? task.Percent.ToString(CultureInfo.InvariantCulture) : null,
        S3ExportLocation = new ExportTaskS3Location { S3Bucket = task.Bucket, S3Prefix = task.Prefix.Length == 0 ? null : task.Prefix },
        Status = ImportTaskDescriptions.Name(task.State),
        StatusMessage = task.State is ImportTaskState.Active ? Phase(task.Progress) : task.StatusMessage,
        Tags = task.Tags.ToApiOrNull(),
    };

    private static string Phase(TransferState state) => state switch
    {
        TransferState.Waiting => "pending",
        TransferState.Validating => "validating",
        TransferState.Converting => "converting",
        _ => "updating",
    };
}
