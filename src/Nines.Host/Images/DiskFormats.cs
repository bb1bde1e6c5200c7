using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>The formats as programs and file names call them.</summary>
public static class DiskFormats
{
    /// <summary>The format that a file's name promises; <see langword="null"/>: none that is known.</summary>
    public static DiskFormat? OfName(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".raw" or ".img" => DiskFormat.Raw,
        ".qcow2" => DiskFormat.Qcow2,
        ".vmdk" => DiskFormat.Vmdk,
        ".vhd" => DiskFormat.Vhd,
        ".vhdx" => DiskFormat.Vhdx,
        ".ova" => DiskFormat.Ova,
        _ => null,
    };

    /// <summary>What <c>qemu-img</c> calls a disk's format.</summary>
    internal static string ToQemu(this DiskFormat format) => format switch
    {
        DiskFormat.Raw => "raw",
        DiskFormat.Qcow2 => "qcow2",
        DiskFormat.Vmdk => "vmdk",
        DiskFormat.Vhd => "vpc",
        DiskFormat.Vhdx => "vhdx",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "An archive is no disk."),
    };
}
