namespace Nines.Host.Volumes;

/// <summary>What there is of a snapshot and its volume.</summary>
/// <param name="IsRecorded">Whether it is taken.</param>
/// <param name="HasVolume">Whether the volume's file is there.</param>
/// <param name="HasFile">Whether the snapshot's file is there.</param>
/// <param name="IsVolumesFile">Whether that is still the file that bears the volume's name too.</param>
/// <param name="OverlayFits">Whether the volume's next file is there and no smaller than the present one.</param>
internal sealed record SnapshotFacts(bool IsRecorded, bool HasVolume, bool HasFile, bool IsVolumesFile, bool OverlayFits);
