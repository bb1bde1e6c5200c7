namespace Nines.Host.Images;

/// <summary>An image that lies in the store, complete and never changed again.</summary>
/// <param name="Digest">SHA-256 of its content, 64 hexadecimal digits; two images with the same content are one.</param>
/// <param name="Directory">Where its files lie.</param>
/// <param name="Manifest">What it is.</param>
public sealed record Image(string Digest, string Directory, ImageManifest Manifest)
{
    /// <summary>The id that AWS's API knows it by: <c>ami-</c> and the first 17 digits of the digest.</summary>
    public string AmiId => string.Concat("ami-", Digest.AsSpan(0, 17));

    /// <summary>Path of the disk that volumes are made of, copy on write.</summary>
    public string DiskPath => Path.Combine(Directory, Manifest.Disk.File);

    /// <summary>Path of the kernel, where the hypervisor loads it.</summary>
    public string? KernelPath => Manifest.Boot.Kernel is { } file ? Path.Combine(Directory, file) : null;

    /// <summary>Path of the initial file system, where there is one.</summary>
    public string? InitrdPath => Manifest.Boot.Initrd is { } file ? Path.Combine(Directory, file) : null;
}
