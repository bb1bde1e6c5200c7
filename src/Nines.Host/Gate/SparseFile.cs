using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nines.Host.Gate;

/// <summary>The parts of a file that are stored (lseek(2): SEEK_DATA, SEEK_HOLE); the rest is zero.</summary>
internal static class SparseFile
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    /// <summary>Begins and ends of the stored parts, in order.</summary>
    public static IEnumerable<(long Start, long End)> Parts(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        for (var position = 0L; position < length;)
        {
            var start = Seek(file, position, SeekData);
            if (start < 0)
            {
                yield break; // ENXIO: only a hole is left
            }

            var end = Seek(file, start, SeekHole);
            yield return (start, end < 0 ? length : end);
            position = end < 0 ? length : end;
        }
    }

    [DllImport("libc", EntryPoint = "lseek", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Seek(SafeFileHandle file, long offset, int whence);
}
