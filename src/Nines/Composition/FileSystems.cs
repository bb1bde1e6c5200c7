namespace Nines.Composition;

/// <summary>Which file systems folders lie on (proc_pid_mountinfo(5)).</summary>
internal static class FileSystems
{
    private const string MountInfo = "/proc/self/mountinfo";

    /// <summary>Whether two folders that are there lie on one file system, and so are lost together.</summary>
    public static bool AreOne(string first, string second) =>
        DeviceOf(File.ReadAllLines(MountInfo), Path.GetFullPath(first)) is { } device && device == DeviceOf(File.ReadAllLines(MountInfo), Path.GetFullPath(second));

    /// <summary>The device of the file system that a folder lies on, as <c>MAJOR:MINOR</c>; <see langword="null"/> when none is known.</summary>
    /// <param name="mounts">Lines of the table: number, parent, device, root, mount point, and more. Of those at one place the last is seen.</param>
    /// <param name="folder">Its full path.</param>
    public static string? DeviceOf(IEnumerable<string> mounts, string folder) => mounts.Select(line => line.Split(' '))
        .Where(words => words.Length > 5 && IsIn(folder, Unescape(words[4])))
        .Select((words, order) => (Device: words[2], words[4].Length, order)).OrderBy(mount => mount.Length).ThenBy(mount => mount.order)
        .Select(mount => mount.Device).LastOrDefault();

    private static bool IsIn(string folder, string mountPoint) =>
        mountPoint == "/" || folder == mountPoint || folder.StartsWith(mountPoint + "/", StringComparison.Ordinal);

    /// <summary>Blanks and their like are written as three octal digits.</summary>
    private static string Unescape(string path) =>
        path.Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal).Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
}
