using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Disks;

/// <summary>A disk of the machine's own for a folder, which can be broken and replaced.</summary>
internal sealed class LoopDisk : IAsyncDisposable
{
    /// <summary>EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_LOGFLUSH: every read and write fails from then on, in files that are open too.</summary>
    private const string Shutdown = "import fcntl, os, struct, sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 1))";

    private readonly TemporaryFolder _place = new();
    private readonly string _mountPoint;
    private int _disks;

    private LoopDisk(string mountPoint) => _mountPoint = mountPoint;

    /// <summary>Mounts a disk on a folder.</summary>
    public static async Task<LoopDisk> MountAsync(string mountPoint)
    {
        Directory.CreateDirectory(mountPoint);
        var disk = new LoopDisk(mountPoint);
        await disk.MountAsync();
        return disk;
    }

    /// <summary>Has the disk fail.</summary>
    public Task BreakAsync() => RunAsync("python3", "-c", Shutdown, _mountPoint);

    /// <summary>Puts a new disk, which is empty, in the place of the one there.</summary>
    public async Task ReplaceAsync()
    {
        await RunAsync("umount", "--lazy", _mountPoint);
        await MountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ClientProcess.RunAsync("umount", ["--lazy", _mountPoint], new Dictionary<string, string>());
        _place.Dispose();
    }

    private async Task MountAsync()
    {
        var file = Path.Combine(_place.Path, $"disk{_disks++}");
        await RunAsync("truncate", "--size=6G", file);
        await RunAsync("mkfs.ext4", "-q", file);
        await RunAsync("mount", "-o", "loop", file, _mountPoint);
        File.SetUnixFileMode(_mountPoint, (UnixFileMode)0b111_001_001); // the hypervisor's user passes through
    }

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await ClientProcess.RunAsync(program, arguments, new Dictionary<string, string>())).ShouldSucceed();
}
