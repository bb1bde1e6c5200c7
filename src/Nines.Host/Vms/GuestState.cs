namespace Nines.Host.Vms;

/// <summary>What is there of a machine, as its hypervisor process shows it.</summary>
internal enum GuestState
{
    /// <summary>No process.</summary>
    Absent,

    /// <summary>The guest's processors run, or may run.</summary>
    Running,

    /// <summary>The guest powered itself off; the process waits to be told what comes next.</summary>
    ShutDown,
}
