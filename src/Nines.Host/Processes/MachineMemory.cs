using System.Globalization;

namespace Nines.Host.Processes;

/// <summary>What the kernel tells of the whole machine.</summary>
internal static class MachineMemory
{
    // user, nice, system, irq and softirq: idle and iowait are no work, and steal is another's.
    private static readonly int[] Working = [1, 2, 3, 6, 7];

    /// <summary>All memory, in bytes.</summary>
    public static long TotalBytes() => Read("MemTotal:");

    /// <summary>Memory that could be used without taking any away, in bytes.</summary>
    public static long AvailableBytes() => Read("MemAvailable:");

    /// <summary>Processor time that was not idle since the machine started, in seconds (proc_stat(5)).</summary>
    public static double ProcessorSeconds()
    {
        // "cpu  user nice system idle iowait irq softirq steal ..."
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Working.Sum(index => long.Parse(fields[index], CultureInfo.InvariantCulture)) / ProcessUsage.TicksPerSecond;
    }

    /// <summary>A line such as "MemTotal:       24683520 kB" (proc_meminfo(5)).</summary>
    private static long Read(string name)
    {
        var line = File.ReadLines("/proc/meminfo").First(text => text.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
