namespace Nines.Host.Volumes;

/// <summary>Where a host's disks lie. The folder is root's, the files are the hypervisor's.</summary>
internal static class VolumeFiles
{
    /// <summary>Folder of all disks.</summary>
    public static string DirectoryOf(HostOptions options) => Path.Combine(options.StateDirectory, "volumes");

    /// <summary>
    /// What a disk that is made for a copy of a kept guest is based on: that guest's own disk, held by one more link for as long as
    /// this disk lives. Its name says which keeping of which guest.
    /// </summary>
    public static string BaseOf(HostOptions options, string volumeId, string keptTag) => Path.Combine(DirectoryOf(options), $"{volumeId}.{keptTag}.base");

    /// <summary>The keeping of a guest that a disk was made for (<see cref="Gate.KeptGuests.TagOf"/>), or <see langword="null"/>.</summary>
    public static string? KeptOf(HostOptions options, string volumeId) =>
        Directory.EnumerateFiles(DirectoryOf(options), $"{volumeId}.*.base").Select(path => Path.GetFileName(path).Split('.')[1]).FirstOrDefault();

    /// <summary>What a snapshot is: the file that its volume was until then.</summary>
    public static string SnapshotOf(HostOptions options, string snapshotId) => Path.Combine(DirectoryOf(options), snapshotId + ".qcow2");

    /// <summary>That a snapshot is taken.</summary>
    public static string SnapshotRecordOf(HostOptions options, string snapshotId) => Path.Combine(DirectoryOf(options), snapshotId + ".json");

    /// <summary>
    /// What a volume goes on in while its snapshot is taken; then it gets the volume's name. A hypervisor that opened it under this
    /// name goes on calling it so, which tells which snapshots it knows of.
    /// </summary>
    public static string OverlayOf(HostOptions options, string volumeId, string snapshotId) => Path.Combine(DirectoryOf(options), $"{volumeId}.{snapshotId}.overlay");

    /// <summary>The volumes and snapshots of all overlays that are there.</summary>
    public static IReadOnlyList<(string VolumeId, string SnapshotId)> Overlays(HostOptions options) =>
        [.. Directory.EnumerateFiles(DirectoryOf(options), "vol-*.snap-*.overlay").Select(path => Path.GetFileName(path).Split('.')).Select(parts => (parts[0], parts[1]))];

    /// <summary>A disk's file.</summary>
    public static string PathOf(HostOptions options, string volumeId) => Path.Combine(DirectoryOf(options), volumeId + ".qcow2");
}
