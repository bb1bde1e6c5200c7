using Microsoft.Win32.SafeHandles;

namespace Nines.Host.Processes;

/// <summary>The memory of a process that stands still, to be read and written to (proc_pid_mem(5)): only that process's copy changes.</summary>
internal static class ProcessMemory
{
    /// <summary>Opens it; offsets are addresses.</summary>
    /// <exception cref="IOException">The process is gone.</exception>
    public static SafeFileHandle Open(int pid) => File.OpenHandle($"/proc/{pid}/mem", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    /// <summary>Writes pieces into a process's mapping of a file.</summary>
    /// <param name="process">The process.</param>
    /// <param name="file">The file, as <c>/proc/PID/maps</c> names it.</param>
    /// <param name="pieces">What to write, each at its offset in the file.</param>
    /// <exception cref="IOException">The process is gone, or an offset is not mapped.</exception>
    public static void Write(ProcessIdentity process, string file, IEnumerable<(long Offset, byte[] Bytes)> pieces)
    {
        var mappings = ProcessMappings.Of(process.Pid).Where(mapping => mapping.File.StartsWith(file, StringComparison.Ordinal)).ToArray();
        using var memory = Open(process.Pid);
        foreach (var (offset, bytes) in pieces)
        {
            // A value that lies across two mappings does not occur: they are split at page boundaries of megabytes.
            var mapping = Array.Find(mappings, mapping => offset >= mapping.Offset && offset + bytes.Length <= mapping.Offset + (long)mapping.Length)
                ?? throw new IOException($"Process {process.Pid} has not mapped byte {offset} of {file}.");
            RandomAccess.Write(memory, bytes, (long)mapping.Start + offset - mapping.Offset);
        }
    }
}
