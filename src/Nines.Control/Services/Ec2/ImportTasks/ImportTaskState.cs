namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>States of an import or export (EC2 API Reference: ImportImageTask).</summary>
internal enum ImportTaskState
{
    /// <summary>It is under way.</summary>
    Active,

    /// <summary>It failed or was cancelled, and something is still left of it.</summary>
    Deleting,

    /// <summary>It failed or was cancelled.</summary>
    Deleted,

    /// <summary>It is done.</summary>
    Completed,
}
