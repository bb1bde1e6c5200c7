namespace Nines.Host.Volumes;

/// <summary>Where a host's disks lie. The folder is root's, the files are the hypervisor's.</summary>
internal static class VolumeFiles
{
    /// <summary>Folder of all disks.</summary>
    public static string DirectoryOf(HostOptions options) => Path.Combine(options.StateDirectory, "volumes");

    /// <summary>A disk's file.</summary>
    public static string PathOf(HostOptions options, string volumeId) => Path.Combine(DirectoryOf(options), volumeId + ".qcow2");
}
