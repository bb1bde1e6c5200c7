using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Mirrors;

/// <summary>
/// The block nodes of a mirrored disk: one that writes to two, and is told that a write is done when both have it. While only one copy is good, the
/// other's place is taken by a disk that keeps nothing and reads nothing: QEMU does not let a disk of several have fewer than it asks.
/// </summary>
internal static class MirrorNodes
{
    private const string TopPrefix = "mirror-";
    private const string FilterPrefix = "rebuild-";
    private const string SecondPrefix = "disk2-";
    private const string SecondFilePrefix = "file2-";
    private const string StandInPrefix = "standin-";
    private const string VoidPrefix = "void-";
    private static readonly string[] Prefixes = [SecondPrefix, SecondFilePrefix, StandInPrefix, VoidPrefix];

    /// <summary>The node that a device has.</summary>
    public static string TopOf(string volumeId) => TopPrefix + volumeId;

    /// <summary>The second copy's disk.</summary>
    public static string SecondOf(string volumeId) => SecondPrefix + volumeId;

    /// <summary>The second copy's file.</summary>
    public static string SecondFileOf(string volumeId) => SecondFilePrefix + volumeId;

    /// <summary>The disk in the place of a copy that is lost.</summary>
    public static string StandInOf(string volumeId) => StandInPrefix + volumeId;

    /// <summary>The node that is over the first while a copy is made.</summary>
    public static string FilterOf(string volumeId) => FilterPrefix + volumeId;

    /// <summary>The job that makes a copy.</summary>
    public static string JobOf(string volumeId) => "copy-" + volumeId;

    /// <summary>The volume whose mirror a node is; <see langword="null"/> when it is none.</summary>
    public static string? VolumeOf(string? node) =>
        node?.StartsWith(TopPrefix, StringComparison.Ordinal) is true ? node[TopPrefix.Length..]
        : node?.StartsWith(FilterPrefix, StringComparison.Ordinal) is true ? node[FilterPrefix.Length..]
        : null;

    /// <summary>The volume that a node is of, whatever it is to it; <see langword="null"/> when it is of none.</summary>
    public static string? OwnerOf(string node) => VolumeOf(node) ?? DiskNode.Parse(node)?.VolumeId
        ?? (node.IndexOf("vol-", StringComparison.Ordinal) is > 0 and var start && Prefixes.Contains(node[..start], StringComparer.Ordinal) ? node[start..] : null);

    /// <summary>The volume and the copy that a node is the disk of; <see langword="null"/> when it is none.</summary>
    public static (string VolumeId, MirrorCopy Copy)? CopyOf(string? node) =>
        node?.StartsWith(SecondPrefix, StringComparison.Ordinal) is true ? (node[SecondPrefix.Length..], MirrorCopy.Second)
        : node?.StartsWith("file", StringComparison.Ordinal) is not true && DiskNode.Parse(node) is { } first ? (first.VolumeId, MirrorCopy.First)
        : null;

    /// <summary>Opens a mirrored disk; a copy that cannot be opened is lost.</summary>
    /// <returns>The node for its device.</returns>
    /// <exception cref="QmpException">No copy can be opened, or the monitor did not answer.</exception>
    public static async Task<string> OpenAsync(QmpClient monitor, MirrorStore mirrors, string volumeId, DiskKey? key, CancellationToken cancellationToken)
    {
        try
        {
            var only = await mirrors.OpenAsync(volumeId);
            await DiskSecrets.AddAsync(monitor, key, cancellationToken);
            var children = new List<string>();
            MirrorCopy? lost = null;
            foreach (var copy in only is { } one ? [one] : new[] { MirrorCopy.First, MirrorCopy.Second })
            {
                try
                {
                    children.Add(await OpenCopyAsync(monitor, new DiskNode(volumeId, 0), copy, mirrors.PathOf(volumeId, copy), key, cancellationToken));
                }
                catch (QmpException) when (only is null && lost is null && !monitor.Closed.IsCompleted)
                {
                    lost = copy;
                }
            }

            if (lost is { } broken)
            {
                // Only now, as the other is open: else neither would be known as good any more.
                await mirrors.DropAsync(volumeId, broken);
            }

            if (children.Count < 2)
            {
                children.Add(await AddStandInAsync(monitor, volumeId, mirrors.SizeOf(volumeId), cancellationToken));
            }

            await monitor.ExecuteAsync(new MirrorAdd(TopOf(volumeId), [.. children]), cancellationToken);
            return TopOf(volumeId);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new QmpException(BlockdevAdd.Name, exception.Message, exception);
        }
    }

    /// <summary>Opens one copy.</summary>
    /// <param name="first">What it is called if it is the first.</param>
    /// <returns>Its disk's node.</returns>
    public static async Task<string> OpenCopyAsync(QmpClient monitor, DiskNode first, MirrorCopy copy, string path, DiskKey? key, CancellationToken cancellationToken)
    {
        var (disk, file) = copy is MirrorCopy.First ? (first.Name, first.FileName) : (SecondOf(first.VolumeId), SecondFileOf(first.VolumeId));
        await monitor.ExecuteAsync(new BlockdevAdd("file", file) { FileName = path }, cancellationToken);
        try
        {
            await monitor.ExecuteAsync(new BlockdevAdd("qcow2", disk) { File = file, DetectZeroes = "unmap", Encrypt = DiskSecrets.EncryptionOf(key) }, cancellationToken);
        }
        catch (QmpException)
        {
            await monitor.ExecuteAsync(new BlockdevDel(file), cancellationToken);
            throw;
        }

        return disk;
    }

    /// <summary>Makes what takes the place of a lost copy.</summary>
    /// <returns>Its node.</returns>
    public static async Task<string> AddStandInAsync(QmpClient monitor, string volumeId, long sizeBytes, CancellationToken cancellationToken)
    {
        await monitor.ExecuteAsync(new NullAdd(VoidOf(volumeId), sizeBytes), cancellationToken);
        await monitor.ExecuteAsync(new UnreadableAdd(StandInOf(volumeId), VoidOf(volumeId)), cancellationToken);
        return StandInOf(volumeId);
    }

    /// <summary>Closes what takes the place of a lost copy, as far as it is there.</summary>
    public static Task RemoveStandInAsync(QmpClient monitor, string volumeId, IReadOnlySet<string> open, CancellationToken cancellationToken) =>
        CloseAsync(monitor, [StandInOf(volumeId), VoidOf(volumeId)], open, cancellationToken);

    /// <summary>Closes the second copy, as far as it is there.</summary>
    public static Task CloseSecondAsync(QmpClient monitor, string volumeId, IReadOnlySet<string> open, CancellationToken cancellationToken) =>
        CloseAsync(monitor, [SecondOf(volumeId), SecondFileOf(volumeId)], open, cancellationToken);

    /// <summary>Closes all of a mirrored disk but its first copy, whose nodes are those of any disk.</summary>
    /// <exception cref="QmpException">A device has it, or the monitor did not answer.</exception>
    public static async Task CloseAsync(QmpClient monitor, string volumeId, IReadOnlySet<string> open, TimeProvider time, CancellationToken cancellationToken)
    {
        if (open.Contains(FilterOf(volumeId)))
        {
            await MirrorJobs.EndAsync(monitor, volumeId, force: true, time, cancellationToken);
        }

        if (open.Contains(TopOf(volumeId)))
        {
            await StopLendingAsync(monitor, cancellationToken);
        }

        await CloseAsync(monitor, [TopOf(volumeId), SecondOf(volumeId), SecondFileOf(volumeId), StandInOf(volumeId), VoidOf(volumeId)], open, cancellationToken);
    }

    /// <summary>Ends what a scrub was lent, in another life of the agent perhaps: what is lent cannot be closed, and nothing else can be lent.</summary>
    public static async Task StopLendingAsync(QmpClient monitor, CancellationToken cancellationToken)
    {
        try
        {
            await monitor.ExecuteAsync(new NbdServerStop(), cancellationToken);
        }
        catch (QmpException)
        {
            // Nothing is.
        }
    }

    /// <summary>The nodes that a mirrored disk consists of, and what it calls each.</summary>
    public static ImmutableArray<(string Edge, string Node)> ChildrenOf(BlockGraph graph, string volumeId)
    {
        var names = graph.Nodes.ToDictionary(node => node.Id, node => node.Name);
        return graph.Nodes.FirstOrDefault(node => node.Name == TopOf(volumeId)) is { } top
            ? [.. graph.Edges.Where(edge => edge.Parent == top.Id && names.ContainsKey(edge.Child)).Select(edge => (edge.Name, names[edge.Child]))]
            : [];
    }

    private static string VoidOf(string volumeId) => VoidPrefix + volumeId;

    private static async Task CloseAsync(QmpClient monitor, IEnumerable<string> names, IReadOnlySet<string> open, CancellationToken cancellationToken)
    {
        foreach (var name in names.Where(open.Contains))
        {
            await monitor.ExecuteAsync(new BlockdevDel(name), cancellationToken);
        }
    }
}
