using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nines.Host.Files;

/// <summary>Another name for a file (link(2)): its content lives as long as one of its names does.</summary>
internal static class HardLink
{
    /// <summary>Names a file once more; where that cannot be, because it lies on another file system, it is copied.</summary>
    /// <returns>Whether both names are one file; else the copy is its maker's.</returns>
    /// <exception cref="IOException">The file is not there, or the new name is taken.</exception>
    public static bool Create(string existing, string path)
    {
        if (Link(existing, path) == 0)
        {
            return true;
        }

        File.Copy(existing, path);
        File.SetUnixFileMode(path, File.GetUnixFileMode(existing));
        return false;
    }

    /// <summary>Names a file once more, in the same folder; both names are one file.</summary>
    /// <exception cref="IOException">The file is not there, or the new name is taken.</exception>
    public static void CreateOnly(string existing, string path)
    {
        if (Link(existing, path) != 0)
        {
            throw new IOException($"{path} cannot be made another name of {Path.GetFileName(existing)}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>Whether two names are of one file; not when one of them is not there.</summary>
    public static bool AreSame(string first, string second) => InodeOf(first) is { } inode && InodeOf(second) == inode;

    /// <summary>What tells a file from all others of its file system (statx(2): the layout is the same on every architecture).</summary>
    private static ulong? InodeOf(string path)
    {
        const int WorkingDirectory = -100;
        const int NoFollow = 0x100;
        const uint Inode = 0x100;
        var buffer = new byte[256];
        return Statx(WorkingDirectory, path, NoFollow, Inode, buffer) == 0 ? BitConverter.ToUInt64(buffer, 32) : null;
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] buffer);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);
}
