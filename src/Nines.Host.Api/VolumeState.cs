namespace Nines.Host.Api;

/// <summary>States of a disk on its host.</summary>
public enum VolumeState
{
    /// <summary>Ready for use.</summary>
    Ready,

    /// <summary>Could not be made or is damaged; the message says why.</summary>
    Failed,

    /// <summary>Its own disk is lost, and the second disk has a copy of an earlier moment; it is used once somebody accepts that.</summary>
    Lost,

    /// <summary>Nothing of it is left on this host.</summary>
    Gone,
}
