namespace Nines.Control.Admin;

/// <summary>Asks how volumes and their copies stand.</summary>
/// <param name="VolumeIds">Which; null: all.</param>
internal sealed record VolumesRequest(IReadOnlyList<string>? VolumeIds);
