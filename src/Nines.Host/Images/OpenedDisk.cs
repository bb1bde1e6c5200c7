using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>A stranger's disk that can be read.</summary>
/// <param name="Path">The file: the one that was named, or what was unpacked out of it.</param>
/// <param name="Format">How the disk lies in it.</param>
/// <param name="NamedFormat">What the file was that was named.</param>
/// <param name="VirtualSizeBytes">Size that a guest sees.</param>
internal sealed record OpenedDisk(string Path, DiskFormat Format, DiskFormat NamedFormat, long VirtualSizeBytes);
