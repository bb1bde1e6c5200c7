namespace Nines.Host.Api;

/// <summary>Whether a disk has a copy on another disk.</summary>
public enum VolumeReplication
{
    /// <summary>No.</summary>
    None,

    /// <summary>If its host has a second disk: every write is on both before the guest is told that it is done (RAID 1).</summary>
    Synchronous,

    /// <summary>If its host has a second disk: that has the disk as it was at one moment, some seconds ago. No write waits for it.</summary>
    Asynchronous,
}
