using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>The file that a volume is to be written to from now on.</summary>
/// <param name="VolumeId">The volume.</param>
/// <param name="Path">The file.</param>
/// <param name="Key">What both are encrypted with, or <see langword="null"/>.</param>
internal sealed record NextFile(string VolumeId, string Path, DiskKey? Key = null);
