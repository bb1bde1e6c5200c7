using System.Globalization;

namespace Nines.Host.Processes;

/// <summary>What a process takes of the machine.</summary>
/// <param name="ProcessorSeconds">Processor time since it began.</param>
/// <param name="OwnBytes">Memory that nothing else has, in memory or swapped out: what it has written to.</param>
/// <param name="SharedBytes">The rest of its resident memory: pages of files, and of the process that it was forked of.</param>
/// <param name="WrittenBytes">What it has written to, also where forks have it too.</param>
internal sealed record ProcessUsage(double ProcessorSeconds, long OwnBytes, long SharedBytes, long WrittenBytes)
{
    /// <summary>Clock ticks of <c>/proc</c> in a second: the same on every machine that Linux has for us (proc(5), sysconf(3)).</summary>
    public const double TicksPerSecond = 100;

    /// <summary>Measures a process; <see langword="null"/> when it is gone.</summary>
    public static ProcessUsage? Of(ProcessIdentity process)
    {
        try
        {
            var usage = Parse(File.ReadAllText($"/proc/{process.Pid}/stat"), File.ReadLines($"/proc/{process.Pid}/smaps"));
            return ProcessTable.IsAlive(process) ? usage : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A process's processor time in seconds; <see langword="null"/> when it is gone.</summary>
    public static double? ProcessorSecondsOf(ProcessIdentity process)
    {
        try
        {
            var seconds = ProcessorSecondsIn(File.ReadAllText($"/proc/{process.Pid}/stat"));
            return ProcessTable.IsAlive(process) ? seconds : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads what the kernel says (proc_pid_stat(5), proc_pid_smaps(5)).</summary>
    internal static ProcessUsage Parse(string stat, IEnumerable<string> smaps)
    {
        long resident = 0, own = 0, written = 0, swapped = 0, alone = 0;
        foreach (var line in smaps)
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["Rss:", var kilobytes, ..]:
                    resident += Number(kilobytes) * 1024;
                    break;
                case ["Private_Clean:" or "Private_Dirty:", var kilobytes, ..]:
                    alone += Number(kilobytes) * 1024;
                    break;
                case ["Anonymous:", var kilobytes, ..]:
                    // Of a file's pages some are mapped by nobody else, and of anonymous ones some by a fork too: neither are its own.
                    var anonymous = Number(kilobytes) * 1024;
                    written += anonymous;
                    own += Math.Min(anonymous, alone);
                    alone = 0;
                    break;
                case ["Swap:", var kilobytes, ..]:
                    swapped += Number(kilobytes) * 1024;
                    break;
            }
        }

        return new ProcessUsage(ProcessorSecondsIn(stat), own + swapped, resident - own, written + swapped);
    }

    private static double ProcessorSecondsIn(string stat)
    {
        // The name, in parentheses, may hold anything; the fields after it begin with the third.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
