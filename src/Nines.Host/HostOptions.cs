using System.Security.Cryptography;
using System.Text;

namespace Nines.Host;

/// <summary>Where a host keeps its things and what it is called.</summary>
public sealed record HostOptions
{
    /// <summary>Name of the host, unique in the cloud.</summary>
    public required string HostId { get; init; }

    /// <summary>What must survive a restart of the machine: machines, disks, the desired state. Its parents must let the hypervisor's user pass.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Sockets and process ids. Short, because a unix socket's path has at most 107 characters (unix(7)).</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Where buckets lie (<see cref="Api.BucketFolders"/>).</summary>
    public string BucketsDirectory { get; init; } = "";

    /// <summary>Where images lie, by digest.</summary>
    public required string ImagesDirectory { get; init; }

    /// <summary>A folder on another disk, for the second copies of mirrored disks; <see langword="null"/>: there is none. Its parents must let the hypervisor's user pass.</summary>
    public string? MirrorDirectory { get; init; }

    /// <summary>How often the copies of mirrored disks that are in use are compared.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// From one moment of a volume in use that is copied asynchronously to the next: what is lost with a disk is about as much as is written in that time, and a copy costs a
    /// fifth of a second of a processor, however little there is to copy.
    /// </summary>
    public TimeSpan ReplicaInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The unprivileged user that hypervisor processes run as; made when it is missing.</summary>
    public string QemuUser { get; init; } = "nines-qemu";

    /// <summary>The emulator: a name found in PATH or a path.</summary>
    public string QemuProgram { get; init; } = "qemu-system-x86_64";

    /// <summary>How many bytes the memory of kept guests may take on disk, all together; the least used go first.</summary>
    public long KeptBytesLimit { get; init; } = 4L << 30;

    /// <summary>
    /// How many bytes of memory a guest may have for the host to have a zygote of it that nobody asked for: that takes as much of the machine's memory, and seconds of a processor to make.
    /// </summary>
    public long UnaskedZygoteBytes { get; init; } = 128 << 20;

    /// <summary>
    /// Eight hexadecimal digits that are this state directory's own: two clouds on one machine name their namespaces and control
    /// groups with it and do not touch each other's.
    /// </summary>
    public string Scope => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(StateDirectory))))[..8];
}
