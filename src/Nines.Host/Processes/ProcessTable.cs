using System.Globalization;
using System.Runtime.InteropServices;

namespace Nines.Host.Processes;

/// <summary>Looks at and ends processes that are not children of this one (proc_pid_stat(5)).</summary>
internal static class ProcessTable
{
    private const int SigKill = 9;

    /// <summary>
    /// The process with a number, or <see langword="null"/> when there is none or it has ended and nobody has collected it. One whose first thread
    /// has ended while others have not is there: its files and ports are open until the last one ends.
    /// </summary>
    public static ProcessIdentity? Find(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The name, in parentheses, may hold anything; the fields after it begin with the third.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" && !HasOtherThreads(pid) ? null : new ProcessIdentity(pid, long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether exactly this process is alive.</summary>
    public static bool IsAlive(ProcessIdentity process) => Find(process.Pid) == process;

    /// <summary>Whether exactly this process is there and its first thread has not ended: one that was killed under a debugger keeps its threads until the debugger has looked.</summary>
    public static bool IsWhole(ProcessIdentity process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process.Pid}/stat");
            return stat[stat.LastIndexOf(')')..] is not [')', ' ', 'Z' or 'X', ..] && IsAlive(process);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Arguments of a process; empty when it is gone.</summary>
    public static string[] ArgumentsOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Ends a process by force, unless it is gone already.</summary>
    public static void Kill(ProcessIdentity process)
    {
        if (IsAlive(process))
        {
            _ = Kill(process.Pid, SigKill);
        }
    }

    private static bool HasOtherThreads(int pid)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{pid}/task").Skip(1).Any();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
