namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>States of a snapshot (EC2 API Reference: Snapshot); one that is being deleted is gone for its owner.</summary>
internal enum SnapshotState
{
    Pending,
    Completed,
    Error,
    Deleting,
}
