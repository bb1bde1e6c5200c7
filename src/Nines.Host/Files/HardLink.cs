using System.Runtime.InteropServices;

namespace Nines.Host.Files;

/// <summary>Another name for a file (link(2)): its content lives as long as one of its names does.</summary>
internal static class HardLink
{
    /// <summary>Names a file once more; where that cannot be, because it lies on another file system, it is copied.</summary>
    /// <exception cref="IOException">The file is not there, or the new name is taken.</exception>
    public static void Create(string existing, string path)
    {
        if (Link(existing, path) != 0)
        {
            File.Copy(existing, path);
            File.SetUnixFileMode(path, File.GetUnixFileMode(existing));
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);
}
