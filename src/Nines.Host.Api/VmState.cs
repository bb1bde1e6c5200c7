namespace Nines.Host.Api;

/// <summary>States of a machine on its host.</summary>
public enum VmState
{
    /// <summary>Known; being prepared (disk, adapter, process).</summary>
    Starting,

    /// <summary>Its processors run.</summary>
    Running,

    /// <summary>Was asked to shut down.</summary>
    Stopping,

    /// <summary>Does not run; see <see cref="VmStatus.EndReason"/>.</summary>
    Ended,

    /// <summary>Nothing of it is left on this host; the control plane may forget it.</summary>
    Gone,
}
