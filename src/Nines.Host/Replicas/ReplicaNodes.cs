using System.Collections.Immutable;
using System.Globalization;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Replicas;

/// <summary>
/// The block nodes by which a running machine's disk is seen as it was at one moment, and the notes of where it was written to since others. Notes are called after the
/// moment since when they are kept, so they can be used with the copy of that moment alone.
/// </summary>
internal static class ReplicaNodes
{
    /// <summary>Bytes that one note stands for: QEMU's own unit of a disk.</summary>
    public const int Granularity = 64 << 10;

    /// <summary>A copy of notes that is lent.</summary>
    public const string LentNotes = "lent";

    private const string BeforePrefix = "cbw-";
    private const string MomentPrefix = "snap-";
    private const string AsidePrefix = "aside-";
    private const string AsideFilePrefix = "asfile-";
    private const string NotesPrefix = "since-";
    private static readonly string[] Prefixes = [MomentPrefix, AsidePrefix, AsideFilePrefix];

    /// <summary>What is put over a disk for as long as a moment of it is copied.</summary>
    public static string BeforeOf(DiskNode disk) => BeforePrefix + disk.Name;

    /// <summary>The disk as it was at the moment.</summary>
    public static string MomentOf(string volumeId) => MomentPrefix + volumeId;

    /// <summary>What the disk held before it was written to.</summary>
    public static string AsideOf(string volumeId) => AsidePrefix + volumeId;

    /// <summary>The file of that.</summary>
    public static string AsideFileOf(string volumeId) => AsideFilePrefix + volumeId;

    /// <summary>What can be read over the socket.</summary>
    public static string ExportOf(string volumeId) => volumeId;

    /// <summary>The notes of where a disk was written to since a moment.</summary>
    public static string NotesOf(long at) => NotesPrefix + at.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether notes are of a moment's.</summary>
    public static bool AreNotes(DirtyBitmap bitmap) => bitmap.Name?.StartsWith(NotesPrefix, StringComparison.Ordinal) is true;

    /// <summary>The disk that a device has, whether its moment is being copied or not; <see langword="null"/> when the node is no volume's.</summary>
    public static DiskNode? DiskOf(string? node) => DiskNode.Parse(node?.StartsWith(BeforePrefix, StringComparison.Ordinal) is true ? node[BeforePrefix.Length..] : node);

    /// <summary>The volume that one of these nodes is of; <see langword="null"/> when it is none of them.</summary>
    public static string? OwnerOf(string node) => node.StartsWith(BeforePrefix, StringComparison.Ordinal)
        ? DiskOf(node)?.VolumeId
        : Prefixes.FirstOrDefault(prefix => node.StartsWith(prefix + "vol-", StringComparison.Ordinal)) is { } known ? node[known.Length..] : null;

    /// <summary>Whether there is anything of this in a hypervisor for a volume, from whichever life of the agent.</summary>
    public static bool AreOn(IReadOnlyDictionary<string, BlockNode> nodes, string volumeId) =>
        nodes.Keys.Any(name => OwnerOf(name) == volumeId) || DisksOf(nodes, volumeId).Any(disk => NotesOf(disk.Node).Any());

    /// <summary>The nodes of a volume's disk and of what is under it, the newest first.</summary>
    public static ImmutableArray<(DiskNode Disk, BlockNode Node)> DisksOf(IReadOnlyDictionary<string, BlockNode> nodes, string volumeId) =>
    [
        .. nodes.Values.Select(node => (Disk: DiskNode.Parse(node.NodeName), Node: node))
            .Where(node => node.Disk?.VolumeId == volumeId && node.Disk.Name == node.Node.NodeName)
            .Select(node => (node.Disk!, node.Node)).OrderByDescending(node => node.Item1.Generation),
    ];

    /// <summary>How many bytes of a volume were written to since a moment; <see langword="null"/> when nobody noted.</summary>
    public static long? WrittenSince(IReadOnlyDictionary<string, BlockNode> nodes, string volumeId, long at)
    {
        var disks = DisksOf(nodes, volumeId);
        return disks is [var active, ..] && Notes(active.Node, at) is not null ? disks.Sum(disk => Notes(disk.Node, at)?.Count ?? 0) : null;
    }

    /// <summary>The device that has a volume's disk; <see langword="null"/> when none has.</summary>
    /// <returns>Its path; QEMU tells one that has the disk itself, and not by a part of it, by its id alone.</returns>
    public static async Task<string?> DeviceOfAsync(QmpClient monitor, string volumeId, CancellationToken cancellationToken)
    {
        var device = (await monitor.ExecuteAsync<QueryBlock, ImmutableArray<BlockInfo>>(new QueryBlock(), cancellationToken))
            .FirstOrDefault(device => DiskOf(device.Inserted?.NodeName)?.VolumeId == volumeId)?.Qdev;
        return device is null || device.StartsWith('/') ? device?.Split("/virtio-backend")[0] : $"{QomList.Peripherals}/{device}";
    }

    /// <summary>Keeps notes of where a disk is written to from now on.</summary>
    public static Task NoteAsync(QmpClient monitor, DiskNode disk, long at, CancellationToken cancellationToken) =>
        monitor.ExecuteAsync(new DirtyBitmapAdd(disk.Name, NotesOf(at), Granularity), cancellationToken);

    /// <summary>Goes on with the notes of a disk in the one that is about to be put over it.</summary>
    public static async Task CarryOnAsync(QmpClient monitor, BlockNode disk, DiskNode next, CancellationToken cancellationToken)
    {
        foreach (var notes in NotesOf(disk))
        {
            await monitor.ExecuteAsync(new DirtyBitmapAdd(next.Name, notes, Granularity), cancellationToken);
        }
    }

    /// <summary>Brings the notes of a volume's disks together in the one that is written to, and forgets those that lack what another life of the agent did not carry on.</summary>
    public static async Task GatherAsync(QmpClient monitor, IReadOnlyDictionary<string, BlockNode> nodes, string volumeId, CancellationToken cancellationToken)
    {
        if (DisksOf(nodes, volumeId) is not [var active, .. var under])
        {
            return;
        }

        foreach (var (disk, node) in under)
        {
            foreach (var notes in NotesOf(node))
            {
                if (NotesOf(active.Node).Contains(notes))
                {
                    await monitor.ExecuteAsync(new DirtyBitmapGather(active.Disk.Name, notes, [new(disk.Name, notes)]), cancellationToken);
                }

                await monitor.ExecuteAsync(new DirtyBitmapRemove(disk.Name, notes), cancellationToken);
            }
        }
    }

    /// <summary>Forgets where a volume was written to, but since one moment.</summary>
    public static async Task ForgetAsync(QmpClient monitor, string volumeId, long? except, CancellationToken cancellationToken)
    {
        var kept = except is { } at ? NotesOf(at) : null;
        foreach (var (disk, node) in DisksOf(await MachineDisks.NodesAsync(monitor, cancellationToken), volumeId))
        {
            foreach (var notes in NotesOf(node).Where(notes => notes != kept))
            {
                await monitor.ExecuteAsync(new DirtyBitmapRemove(disk.Name, notes), cancellationToken);
            }
        }
    }

    private static DirtyBitmap? Notes(BlockNode node, long at) => (node.DirtyBitmaps ?? []).FirstOrDefault(bitmap => bitmap.Name == NotesOf(at));

    private static IEnumerable<string> NotesOf(BlockNode node) => (node.DirtyBitmaps ?? []).Where(AreNotes).Select(bitmap => bitmap.Name!);
}
