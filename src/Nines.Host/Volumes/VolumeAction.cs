namespace Nines.Host.Volumes;

/// <summary>What to do with a disk next.</summary>
internal enum VolumeAction
{
    None,

    /// <summary>Make its file.</summary>
    Create,

    /// <summary>Say that it is lost: it was there.</summary>
    Miss,

    /// <summary>Make it larger.</summary>
    Grow,

    /// <summary>Remove its file.</summary>
    Delete,
}
