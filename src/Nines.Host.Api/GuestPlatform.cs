namespace Nines.Host.Api;

/// <summary>Whose ways the machine of a guest shall suit.</summary>
public enum GuestPlatform
{
    /// <summary>Linux, and whatever else is no Windows.</summary>
    Linux,

    /// <summary>Windows, which is told that a hypervisor like its own runs it.</summary>
    Windows,
}
