namespace Nines.Host.Api;

/// <summary>A disk that came out of a bucket.</summary>
/// <param name="Format">What its file was.</param>
/// <param name="FileBytes">How long the file was.</param>
/// <param name="SizeGiB">Size of the smallest volume that holds it.</param>
/// <param name="HasBootSector">Whether a BIOS can start it.</param>
/// <param name="HasEfiSystemPartition">Whether UEFI firmware can start it.</param>
public sealed record ImportedDisk(DiskFormat Format, long FileBytes, int SizeGiB, bool HasBootSector, bool HasEfiSystemPartition);
