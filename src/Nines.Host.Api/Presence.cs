namespace Nines.Host.Api;

/// <summary>Whether a thing shall exist. Removal is asked for, never inferred.</summary>
public enum Presence
{
    /// <summary>Shall exist.</summary>
    Present,

    /// <summary>Shall be removed with all that belongs to it; the host reports when it is gone.</summary>
    Absent,
}
