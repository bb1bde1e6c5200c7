namespace Nines.Host.Api;

/// <summary>Whether a guest answers on its network.</summary>
public enum VmReachability
{
    /// <summary>Nobody asked.</summary>
    Unknown,

    /// <summary>It has not answered since its boot, and may be booting yet.</summary>
    Initializing,

    /// <summary>It answers.</summary>
    Passed,

    /// <summary>It does not answer any more, or did not in the time that a boot may take.</summary>
    Failed,
}
