using System.Text.RegularExpressions;

namespace Nines.Composition;

/// <summary>What a cloud makes in its state directory, told from what others put there.</summary>
internal static partial class CloudFiles
{
    private const int NamedAtMost = 3;

    /// <summary>Whether a cloud was begun in a directory.</summary>
    public static bool AreIn(CloudPaths state) => File.Exists(state.Kind) || File.Exists(Path.Combine(state.Path, "store.db"));

    /// <summary>What lies in a directory and was made by no cloud, by name. The folder that a file system keeps at its root does not count.</summary>
    public static IReadOnlyList<string> ForeignIn(CloudPaths state) =>
        [.. new DirectoryInfo(state.Path).EnumerateFileSystemInfos().Where(entry => !IsOwn(entry) && entry.Name != "lost+found").Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>Removes all that a cloud made, last what tells that there is one, so that one who was interrupted can begin again.</summary>
    public static void RemoveFrom(CloudPaths state)
    {
        var own = new DirectoryInfo(state.Path).EnumerateFileSystemInfos().Where(IsOwn).OrderBy(entry => entry.FullName == state.Kind || StoreName().IsMatch(entry.Name));
        foreach (var entry in own.ToList())
        {
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    /// <summary>Names for a line of text: the first of them, and how many more there are.</summary>
    public static string Name(IReadOnlyList<string> names) =>
        names.Count <= NamedAtMost ? string.Join(", ", names) : $"{string.Join(", ", names.Take(NamedAtMost))} and {names.Count - NamedAtMost} more";

    private static bool IsOwn(FileSystemInfo entry) =>
        entry is DirectoryInfo ? entry.Name is "host" or "ssh" or "buckets" : FileName().IsMatch(entry.Name) || StoreName().IsMatch(entry.Name);

    // Each is written beside its place and renamed; the log is turned over.
    [GeneratedRegex(@"^(lock|pid|(endpoint\.json|kind\.json|credentials|master\.key|mirror)(\.new)?|nines\.log(\.1)?)$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^store\.db(\.made|(\.new)?(-wal|-shm|-journal)?)$")]
    private static partial Regex StoreName();
}
