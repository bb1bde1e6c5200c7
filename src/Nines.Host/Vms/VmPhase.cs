namespace Nines.Host.Vms;

/// <summary>How far a machine's boot has come; kept on disk.</summary>
internal enum VmPhase
{
    /// <summary>Never started.</summary>
    New,

    /// <summary>Its start was begun; whether a process came of it is not known.</summary>
    Starting,

    /// <summary>Its process was started.</summary>
    Up,

    /// <summary>Its boot is over.</summary>
    Ended,
}
