using Nines.Composition;
using Nines.Images;

namespace Nines.Doctor;

/// <summary>The machine and what lies on it.</summary>
internal static class MachineChecks
{
    private const double GiB = 1 << 30;
    private const double MinimumFreeGiB = 5;
    private const double MinimumMemoryGiB = 2;

    public static IEnumerable<Finding> Run(CloudPaths state)
    {
        yield return Finding.Good("processors", $"{Environment.ProcessorCount}");
        yield return Memory();
        yield return Disk(state);
        yield return Environment.IsPrivilegedProcess
            ? Finding.Good("root", "yes")
            : Finding.Notice("root", "no: only simulated hosts can be used", "start with sudo for real servers");
        yield return File.Exists("/dev/net/tun")
            ? Finding.Good("/dev/net/tun", "present")
            : Finding.Bad("/dev/net/tun", "missing: servers get no network", "modprobe tun");
        yield return Directory.Exists("/sys/fs/cgroup") && File.ReadAllText("/proc/mounts").Contains(" cgroup", StringComparison.Ordinal)
            ? Finding.Good("control groups", File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "version 2" : "version 1")
            : Finding.Bad("control groups", "not mounted: servers would not be limited to their type's size", "mount -t cgroup2 none /sys/fs/cgroup");
        yield return Endpoint.FindRunning(state) is { } endpoint
            ? Finding.Good("cloud", $"runs at {endpoint.Url} (process {endpoint.ProcessId}), its state in {state.Path}")
            : Finding.Notice("cloud", $"none runs with its state in {state.Path}", "nines up --detach");
        var built = LocalImages.Default().Store.List();
        yield return built.Length > 0
            ? Finding.Good("images", string.Join(", ", built.Select(image => image.Manifest.Name)))
            : Finding.Notice("images", "none is built", "nines images build tiny");
    }

    private static Finding Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB;
        return total >= MinimumMemoryGiB
            ? Finding.Good("memory", $"{total:0.0} GiB")
            : Finding.Notice("memory", $"{total:0.0} GiB: room for a few small servers only");
    }

    private static Finding Disk(CloudPaths state)
    {
        var folder = state.Path;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        var free = new DriveInfo(folder).AvailableFreeSpace / GiB;
        return free >= MinimumFreeGiB
            ? Finding.Good("disk", $"{free:0.0} GiB free below {folder}")
            : Finding.Bad("disk", $"{free:0.0} GiB free below {folder}", "make room, or choose another state directory with --state");
    }
}
