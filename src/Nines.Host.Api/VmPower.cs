namespace Nines.Host.Api;

/// <summary>The power state that a machine shall have.</summary>
public enum VmPower
{
    /// <summary>Runs, unless it ended by itself in this boot generation.</summary>
    Running,

    /// <summary>Does not run; its disks are kept.</summary>
    Stopped,

    /// <summary>Does not run and nothing of the machine is kept but its volumes, which have a life of their own.</summary>
    Terminated,
}
