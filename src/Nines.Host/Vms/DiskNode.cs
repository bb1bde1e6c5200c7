using System.Globalization;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>
/// A block node of a volume. With every snapshot that is taken while a machine runs, the volume gets one more, over the others;
/// names are at most 31 characters (QEMU manual: node-name), which is enough for ten thousand.
/// </summary>
/// <param name="VolumeId">The volume.</param>
/// <param name="Generation">How many were put over the first.</param>
internal sealed record DiskNode(string VolumeId, int Generation)
{
    private const string FilePrefix = "file-";

    /// <summary>The disk's name.</summary>
    public string Name => Generation == 0 ? QemuCommandLine.NodeOf(VolumeId) : string.Create(CultureInfo.InvariantCulture, $"{QemuCommandLine.NodeOf(VolumeId)}.{Generation}");

    /// <summary>The name of the file that it lies in.</summary>
    public string FileName => FilePrefix + Name;

    /// <summary>The next one over it.</summary>
    public DiskNode Next => this with { Generation = Generation + 1 };

    /// <summary>The node of a disk or of its file; <see langword="null"/> when the name is of no volume's.</summary>
    public static DiskNode? Parse(string? name)
    {
        var parts = (name?.StartsWith(FilePrefix, StringComparison.Ordinal) is true ? name[FilePrefix.Length..] : name ?? "").Split('.');
        return (parts[0].StartsWith("vol-", StringComparison.Ordinal), parts) switch
        {
            (true, [var id]) => new DiskNode(id, 0),
            (true, [var id, var generation]) when int.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new DiskNode(id, number),
            _ => null,
        };
    }

    /// <summary>Closes nodes that no device has: the newest first, as it holds the others, and each before its file.</summary>
    public static async Task CloseAsync(QmpClient monitor, IEnumerable<DiskNode> nodes, IReadOnlyDictionary<string, BlockNode> open, CancellationToken cancellationToken)
    {
        foreach (var name in nodes.Distinct().OrderByDescending(node => node.Generation).SelectMany(node => new[] { node.Name, node.FileName }).Where(open.ContainsKey))
        {
            await monitor.ExecuteAsync(new BlockdevDel(name), cancellationToken);
        }
    }
}
