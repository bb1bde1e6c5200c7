namespace Nines.Host.Volumes;

/// <summary>The file that a volume is to be written to from now on.</summary>
internal sealed record NextFile(string VolumeId, string Path);
