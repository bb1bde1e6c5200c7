using Nines.Host.Mirrors;
using Nines.Host.Volumes;

namespace Nines.Host.Replicas;

/// <summary>Where the files of asynchronous copies lie.</summary>
internal static class ReplicaFiles
{
    /// <summary>The folder of all copies, on the second disk; <see langword="null"/> when the host has none.</summary>
    public static string? DirectoryOf(HostOptions options) => MirrorFiles.DirectoryOf(options);

    /// <summary>An empty disk that the files of an encrypted volume's copy begin as: to make one takes seconds.</summary>
    public static string BlankOf(string folder, string volumeId) => Path.Combine(folder, volumeId + ".blank");

    /// <summary>Of a volume that nobody has open: the moment whose disk it is still, beside its own file.</summary>
    public static string InStepOf(HostOptions options, string volumeId) => Path.Combine(VolumeFiles.DirectoryOf(options), volumeId + ".instep");

    /// <summary>What a running machine's disk held before it was written to, while a moment of it is copied. Its name goes as soon as the hypervisor has it open.</summary>
    public static string AsideOf(HostOptions options, string volumeId) => Path.Combine(VolumeFiles.DirectoryOf(options), volumeId + ".aside");
}
