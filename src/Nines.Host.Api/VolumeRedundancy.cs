namespace Nines.Host.Api;

/// <summary>How a disk stands that shall have two copies.</summary>
public enum VolumeRedundancy
{
    /// <summary>It has one, and shall have no more.</summary>
    None,

    /// <summary>Both copies hold everything that was written.</summary>
    Whole,

    /// <summary>Only one does.</summary>
    Degraded,

    /// <summary>Only one does, and the other is being made from it.</summary>
    Rebuilding,
}
