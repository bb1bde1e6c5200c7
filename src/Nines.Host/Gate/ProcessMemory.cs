using System.Globalization;
using Nines.Host.Processes;

namespace Nines.Host.Gate;

/// <summary>A mapped file in the memory of a process that stands still, to be written to (proc_pid_mem(5)): only that process's copy changes.</summary>
internal static class ProcessMemory
{
    /// <summary>Writes pieces into a process's mapping of a file.</summary>
    /// <param name="process">The process.</param>
    /// <param name="mappingName">The file, as <c>/proc/PID/maps</c> names it.</param>
    /// <param name="pieces">What to write, each at its offset in the file.</param>
    /// <exception cref="IOException">The process is gone, or an offset is not mapped.</exception>
    public static void Write(ProcessIdentity process, string mappingName, IEnumerable<(long Offset, byte[] Bytes)> pieces)
    {
        var mappings = MappingsOf(process.Pid, mappingName);
        using var memory = File.OpenHandle($"/proc/{process.Pid}/mem", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        foreach (var (offset, bytes) in pieces)
        {
            // A value that lies across two mappings does not occur: they are split at page boundaries of megabytes.
            var mapping = mappings.FirstOrDefault(entry => offset >= entry.Offset && offset + bytes.Length <= entry.Offset + entry.Length);
            if (mapping.Length == 0)
            {
                throw new IOException($"Process {process.Pid} has not mapped byte {offset} of {mappingName}.");
            }

            RandomAccess.Write(memory, bytes, mapping.Start + offset - mapping.Offset);
        }
    }

    /// <summary>Lines of the form <c>7f00-7f10 rw-p 00000000 00:01 1027 /memfd:name (deleted)</c>.</summary>
    private static List<(long Start, long Length, long Offset)> MappingsOf(int pid, string mappingName)
    {
        var found = new List<(long Start, long Length, long Offset)>();
        foreach (var line in File.ReadLines($"/proc/{pid}/maps").Where(line => line.Contains($" {mappingName}", StringComparison.Ordinal)))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var range = fields[0].Split('-');
            var start = Hex(range[0]);
            found.Add((start, Hex(range[1]) - start, Hex(fields[2])));
        }

        return found;
    }

    private static long Hex(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
