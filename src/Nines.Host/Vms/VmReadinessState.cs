namespace Nines.Host.Vms;

/// <summary>States of what a machine needs.</summary>
internal enum VmReadinessState
{
    /// <summary>Everything is there.</summary>
    Ready,

    /// <summary>Something is still being made.</summary>
    Waiting,

    /// <summary>Something cannot be made.</summary>
    Failed,

    /// <summary>The key of a disk cannot be had.</summary>
    Locked,
}
