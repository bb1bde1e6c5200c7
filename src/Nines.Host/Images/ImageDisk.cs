namespace Nines.Host.Images;

/// <summary>The root disk that every machine of an image starts as, copy on write.</summary>
/// <param name="File">A qcow2 file beside the manifest, without a backing file.</param>
/// <param name="VirtualSizeBytes">Size that a guest sees; a volume made of it is at least as large.</param>
public sealed record ImageDisk(string File, long VirtualSizeBytes);
