namespace Nines.Host.Volumes;

/// <summary>Which file of a volume a machine writes to.</summary>
internal enum DiskUse
{
    /// <summary>None: no machine has it open.</summary>
    None,

    /// <summary>The one that was the volume's before the snapshot.</summary>
    Present,

    /// <summary>The overlay that was made for this snapshot, whatever it is called by now.</summary>
    Overlay,
}
