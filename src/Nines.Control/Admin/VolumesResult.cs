namespace Nines.Control.Admin;

/// <summary>Volumes and their copies.</summary>
/// <param name="Volumes">In the order of their ids.</param>
internal sealed record VolumesResult(IReadOnlyList<VolumeLine> Volumes);
