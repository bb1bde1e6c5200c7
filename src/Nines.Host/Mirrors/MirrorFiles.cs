using Nines.Host.Volumes;

namespace Nines.Host.Mirrors;

/// <summary>Where the copies of mirrored disks lie.</summary>
internal static class MirrorFiles
{
    /// <summary>This host's own folder for second copies.</summary>
    public static string? DirectoryOf(HostOptions options) => options.MirrorDirectory is { } folder ? Path.Combine(folder, $"nines-{options.Scope}") : null;

    /// <summary>A copy's disk; <see langword="null"/> when the host has no folder for it.</summary>
    public static string? PathOf(HostOptions options, string volumeId, MirrorCopy copy) => copy is MirrorCopy.First
        ? VolumeFiles.PathOf(options, volumeId)
        : DirectoryOf(options) is { } folder ? Path.Combine(folder, volumeId + ".qcow2") : null;

    /// <summary>What is remembered beside a copy.</summary>
    public static string? RecordOf(HostOptions options, string volumeId, MirrorCopy copy) =>
        (copy is MirrorCopy.First ? VolumeFiles.DirectoryOf(options) : DirectoryOf(options)) is { } folder ? Path.Combine(folder, volumeId + ".mirror") : null;
}
