using System.Globalization;

namespace Nines.Host.Processes;

/// <summary>An open file of a process.</summary>
/// <param name="Number">Its descriptor.</param>
/// <param name="Target">What it is, as <c>/proc/PID/fd</c> names it.</param>
/// <param name="Flags">How it is open (open(2)).</param>
/// <param name="SocketPath">The path of a Unix socket, or <see langword="null"/>.</param>
/// <param name="IsListening">Whether a socket takes connections.</param>
/// <param name="IsWaiting">Whether it is a set of files to wait for with any in it.</param>
internal sealed record ProcessDescriptor(int Number, string Target, int Flags, string? SocketPath = null, bool IsListening = false, bool IsWaiting = false)
{
    private const int AccessMode = 3;
    private const int AcceptsConnections = 0x10000; // __SO_ACCEPTCON

    /// <summary>Whether it is a file in a file system that the process may write to.</summary>
    public bool IsWritableFile => Target.StartsWith('/') && !Target.StartsWith("/dev/", StringComparison.Ordinal) && !Target.StartsWith("/memfd:", StringComparison.Ordinal) && (Flags & AccessMode) != 0;

    /// <summary>All open files of a process.</summary>
    public static IReadOnlyList<ProcessDescriptor> AllOf(int pid)
    {
        // A connection that was accepted lies in the network namespace of the one who connected.
        var sockets = SocketsIn(File.ReadLines($"/proc/{pid}/net/unix").Skip(1).Concat(File.ReadLines("/proc/self/net/unix").Skip(1)));
        var all = new List<ProcessDescriptor>();
        foreach (var link in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
        {
            try
            {
                var number = Path.GetFileName(link);
                var target = new FileInfo(link).LinkTarget ?? "";
                var information = File.ReadAllLines($"/proc/{pid}/fdinfo/{number}");
                var flags = Convert.ToInt32(information.First(line => line.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim(), 8);
                var (path, isListening) = sockets.GetValueOrDefault(target);
                all.Add(new(int.Parse(number, CultureInfo.InvariantCulture), target, flags, path, isListening, information.Any(line => line.StartsWith("tfd:", StringComparison.Ordinal))));
            }
            catch (FileNotFoundException)
            {
                // Closed meanwhile.
            }
        }

        return [.. all.OrderBy(descriptor => descriptor.Number)];
    }

    /// <summary>Reads lines of the form <c>address: references protocol flags type state inode path</c> (proc(5)).</summary>
    internal static Dictionary<string, (string? Path, bool IsListening)> SocketsIn(IEnumerable<string> lines)
    {
        var sockets = new Dictionary<string, (string? Path, bool IsListening)>(StringComparer.Ordinal);
        foreach (var fields in lines.Select(line => line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries)))
        {
            sockets[$"socket:[{fields[6]}]"] = (fields.Length > 7 ? fields[7] : null, (int.Parse(fields[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & AcceptsConnections) != 0);
        }

        return sockets;
    }
}
