namespace Nines.Host.Api;

/// <summary>Why a machine does not run.</summary>
public enum VmEndReason
{
    None,

    /// <summary>It was asked to stop and did, or was powered off after its time.</summary>
    Requested,

    /// <summary>Its memory was saved; it goes on from there at its next start.</summary>
    Hibernated,

    /// <summary>The guest powered itself off.</summary>
    GuestShutdown,

    /// <summary>The hypervisor process ended without being asked.</summary>
    Crashed,

    /// <summary>It could not be started; the message says why.</summary>
    FailedToStart,

    /// <summary>It could not be started because a disk's key cannot be had; the message says why.</summary>
    DiskLocked,
}
