namespace Nines.Host.Api;

/// <summary>States of a snapshot on its host.</summary>
public enum SnapshotState
{
    /// <summary>Taken: volumes can be made of it.</summary>
    Ready,

    /// <summary>Could not be taken or is damaged; the message says why.</summary>
    Failed,

    /// <summary>No volume can be made of it any more.</summary>
    Gone,
}
