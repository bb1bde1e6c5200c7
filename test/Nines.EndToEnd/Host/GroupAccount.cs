using System.Globalization;

namespace Nines.EndToEnd.Host;

/// <summary>What the kernel counts of a process's control groups, in version 1's files or in version 2's.</summary>
internal sealed class GroupAccount
{
    private readonly string _cpu;
    private readonly string _memory;
    private readonly bool _isUnified;
    private readonly int _pid;

    public GroupAccount(int pid)
    {
        _pid = pid;
        // proc_pid_cgroup: number:controllers:path; version 2's line has no controllers.
        var groups = File.ReadAllLines($"/proc/{pid}/cgroup").Select(line => line.Split(':', 3)).ToList();
        var mounts = File.ReadAllLines("/proc/mounts").Select(line => line.Split(' ')).ToList();
        _isUnified = !groups.Any(group => group[1].Split(',').Contains("cpu"));
        _cpu = FolderOf("cpu");
        _memory = FolderOf("memory");

        string FolderOf(string controller)
        {
            var path = groups.First(group => _isUnified ? group[1].Length == 0 : group[1].Split(',').Contains(controller))[2];
            var root = mounts.First(mount => _isUnified ? mount[2] == "cgroup2" : mount[2] == "cgroup" && mount[3].Split(',').Contains(controller))[1];
            return root + path;
        }
    }

    /// <summary>Processor time that may be used in a period, in seconds.</summary>
    public double QuotaSeconds => _isUnified
        ? long.Parse(File.ReadAllText(Path.Combine(_cpu, "cpu.max")).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6
        : Number(_cpu, "cpu.cfs_quota_us") / 1e6;

    /// <summary>Periods in which the group had something to do.</summary>
    public long Periods => Statistic(_cpu, "cpu.stat", "nr_periods");

    /// <summary>Periods in which it was stopped because its time was used up.</summary>
    public long ThrottledPeriods => Statistic(_cpu, "cpu.stat", "nr_throttled");

    /// <summary>Processor time that the process has used, in seconds (proc_pid_stat(5), fields 14 and 15, in hundredths).</summary>
    public double UsedSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{_pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
        }
    }

    /// <summary>Most memory that all processes of the group may hold.</summary>
    public long MemoryLimitBytes => Number(_memory, _isUnified ? "memory.max" : "memory.limit_in_bytes");

    /// <summary>How often somebody wanted more.</summary>
    public long MemoryRefusals => _isUnified ? Statistic(_memory, "memory.events", "max") : Number(_memory, "memory.failcnt");

    /// <summary>Files that a process writes its number to in order to join.</summary>
    public string MemoryMembers => Path.Combine(_memory, "cgroup.procs");

    private static long Number(string folder, string file) => long.Parse(File.ReadAllText(Path.Combine(folder, file)), CultureInfo.InvariantCulture);

    private static long Statistic(string folder, string file, string name) =>
        long.Parse(File.ReadAllLines(Path.Combine(folder, file)).Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);
}
