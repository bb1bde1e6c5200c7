using System.Net.Sockets;
using Nines.Host.Api;
using Nines.Host.Nbd;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;
using Nines.Host.Volumes;

namespace Nines.Host.Replicas;

/// <summary>
/// Copies a running machine's disk, as it is at one moment, to the second disk. The hypervisor opens nothing there: it lends the disk of that moment over a socket, and
/// another process writes. What fails or waits there is nothing to the guest.
/// </summary>
internal sealed class ReplicaCopier(ReplicaStore replicas, IHostCommands commands, TimeProvider time)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>After each chunk, so that copying takes no more than a part of what the disks can do: at most 200 MB/s.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_gone = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(30);

    /// <summary>A first copy of the largest disk.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(12);

    private readonly NbdExtents _extents = new(commands);

    /// <summary>Copies what was written since the copy's moment, or all where nobody noted that.</summary>
    /// <param name="monitor">The hypervisor's.</param>
    /// <param name="sockets">Where the disk is handed on.</param>
    /// <param name="volumeId">The volume, whose disk is open.</param>
    /// <param name="key">What it is encrypted with, or <see langword="null"/>.</param>
    /// <param name="isQuiet">Whether nobody writes to it until this returns.</param>
    /// <returns>The moment; <see langword="null"/> when nothing was written since the copy's.</returns>
    /// <exception cref="QmpException">The hypervisor refused, or did not answer.</exception>
    /// <exception cref="HostCommandException">The copy cannot be made.</exception>
    /// <exception cref="IOException">One of the disks failed.</exception>
    public async Task<long?> CopyAsync(QmpClient monitor, ReplicaSockets sockets, string volumeId, DiskKey? key, bool isQuiet, CancellationToken cancellationToken)
    {
        replicas.Making(volumeId, true);
        try
        {
            return await CopyMomentAsync(monitor, sockets, volumeId, key, isQuiet, cancellationToken);
        }
        finally
        {
            replicas.Making(volumeId, false);
        }
    }

    private async Task<long?> CopyMomentAsync(QmpClient monitor, ReplicaSockets sockets, string volumeId, DiskKey? key, bool isQuiet, CancellationToken cancellationToken)
    {
        var before = await replicas.SettleAsync(volumeId, key, cancellationToken);
        await ClearAsync(monitor, volumeId, closesAside: false, cancellationToken);
        var nodes = await MachineDisks.NodesAsync(monitor, cancellationToken);
        await ReplicaNodes.GatherAsync(monitor, nodes, volumeId, cancellationToken);
        var count = before is null ? null : ReplicaNodes.WrittenSince(nodes, volumeId, before.At);
        if (count == 0)
        {
            replicas.NoteCurrent(volumeId, before!.At);
            return null;
        }

        var (disk, node) = ReplicaNodes.DisksOf(nodes, volumeId) is [var active, ..] ? active : throw new IOException($"{volumeId} is not open.");
        var from = count is null ? null : before?.At;
        var size = node.Image!.VirtualSize;
        var draft = await replicas.MakeDraftAsync(volumeId, replicas.NextMoment(before), key, size, cancellationToken);
        var at = replicas.NextMoment(before);
        var isKept = false;
        await ReplicaNodes.NoteAsync(monitor, disk, at, cancellationToken);
        try
        {
            try
            {
                // What holds data is told of the disk alone, and of what it is based on: of the moment's disk QEMU tells it wrongly. What was written meanwhile is noted.
                var data = from is null ? await FindDataAsync(monitor, sockets, disk, cancellationToken) : [];
                var source = isQuiet ? disk.Name : await HoldAsync(monitor, disk, nodes, key, size, cancellationToken);
                await LendAsync(monitor, sockets, disk, source, from ?? at, cancellationToken);
                var written = await _extents.ReadAsync(sockets.Source, volumeId, ReplicaNodes.LentNotes, cancellationToken);
                await WriteAsync(sockets, volumeId, [.. data, .. written], draft, key, cancellationToken);
            }
            finally
            {
                await ClearAsync(monitor, volumeId, closesAside: false, CancellationToken.None);
            }

            replicas.Keep(draft, volumeId, at, from);
            isKept = true;
        }
        finally
        {
            // What is noted since a moment that nobody has a copy of is of no use.
            await ReplicaNodes.ForgetAsync(monitor, volumeId, isKept ? at : before?.At, CancellationToken.None);
        }

        await replicas.SettleAsync(volumeId, key, cancellationToken);
        return at;
    }

    /// <summary>Ends the lending of a volume, and takes what was put over its disk off again, whichever life of the agent did it.</summary>
    /// <param name="closesAside">Whether what takes the disk's former content is closed too, with what it took.</param>
    /// <exception cref="QmpException">The hypervisor refused, or did not answer.</exception>
    public async Task ClearAsync(QmpClient monitor, string volumeId, bool closesAside, CancellationToken cancellationToken)
    {
        var nodes = await MachineDisks.NodesAsync(monitor, cancellationToken);
        await TakeBackAsync(monitor, volumeId, cancellationToken);
        await CloseAsync(ReplicaNodes.MomentOf(volumeId));
        foreach (var over in nodes.Keys.Where(name => DiskNode.Parse(name) is null && ReplicaNodes.DiskOf(name)?.VolumeId == volumeId).ToList())
        {
            if (await ReplicaNodes.DeviceOfAsync(monitor, volumeId, cancellationToken) is { } device)
            {
                await monitor.ExecuteAsync(new QomSet(device, "drive", ReplicaNodes.DiskOf(over)!.Name), cancellationToken);
            }

            await CloseAsync(over);
        }

        if (closesAside)
        {
            await CloseAsync(ReplicaNodes.AsideOf(volumeId));
            await CloseAsync(ReplicaNodes.AsideFileOf(volumeId));
        }

        async Task CloseAsync(string name)
        {
            if (nodes.ContainsKey(name))
            {
                await monitor.ExecuteAsync(new BlockdevDel(name), cancellationToken);
            }
        }
    }

    private async Task TakeBackAsync(QmpClient monitor, string volumeId, CancellationToken cancellationToken)
    {
        if (!await LendsAsync(monitor, volumeId, cancellationToken))
        {
            return;
        }

        await monitor.ExecuteAsync(new BlockExportDel(ReplicaNodes.ExportOf(volumeId)), cancellationToken);
        var asked = time.GetTimestamp();
        while (await LendsAsync(monitor, volumeId, cancellationToken) && time.GetElapsedTime(asked) < s_gone)
        {
            await Task.Delay(s_poll, time, cancellationToken);
        }
    }

    /// <summary>Where a disk holds data, also where that is in what it is based on.</summary>
    private async Task<IReadOnlyList<(long Start, long Length)>> FindDataAsync(QmpClient monitor, ReplicaSockets sockets, DiskNode disk, CancellationToken cancellationToken)
    {
        await ListenAsync(monitor, sockets, cancellationToken);
        await monitor.ExecuteAsync(new BlockExportAdd(ReplicaNodes.ExportOf(disk.VolumeId), disk.Name, disk.VolumeId), cancellationToken);
        try
        {
            return await _extents.ReadAsync(sockets.Source, disk.VolumeId, null, cancellationToken);
        }
        finally
        {
            await TakeBackAsync(monitor, disk.VolumeId, CancellationToken.None);
        }
    }

    private static async Task<bool> LendsAsync(QmpClient monitor, string volumeId, CancellationToken cancellationToken) =>
        (await monitor.ExecuteAsync<QueryBlockExports, System.Collections.Immutable.ImmutableArray<BlockExport>>(new QueryBlockExports(), cancellationToken))
            .Any(export => export.Id == ReplicaNodes.ExportOf(volumeId));

    /// <summary>From now on what the guest overwrites is kept, so that the disk of this moment can be read.</summary>
    /// <returns>The node of that disk.</returns>
    private async Task<string> HoldAsync(
        QmpClient monitor, DiskNode disk, IReadOnlyDictionary<string, BlockNode> nodes, DiskKey? key, long sizeBytes, CancellationToken cancellationToken)
    {
        var (id, over, moment) = (disk.VolumeId, ReplicaNodes.BeforeOf(disk), ReplicaNodes.MomentOf(disk.VolumeId));
        var device = await ReplicaNodes.DeviceOfAsync(monitor, id, cancellationToken) ?? throw new IOException($"No device has {id}.");
        await OpenAsideAsync(monitor, id, nodes, key, sizeBytes, cancellationToken);
        await monitor.ExecuteAsync(new CopyBeforeWriteAdd(over, disk.Name, ReplicaNodes.AsideOf(id)), cancellationToken);
        await monitor.ExecuteAsync(new QomSet(device, "drive", over), cancellationToken);
        await monitor.ExecuteAsync(new SnapshotAccessAdd(moment, over), cancellationToken);
        return moment;
    }

    /// <summary>Opens what takes the disk's former content. It is used again and again; one that became large, or is too small, is made anew.</summary>
    private async Task OpenAsideAsync(QmpClient monitor, string id, IReadOnlyDictionary<string, BlockNode> nodes, DiskKey? key, long sizeBytes, CancellationToken cancellationToken)
    {
        if (nodes.TryGetValue(ReplicaNodes.AsideOf(id), out var known))
        {
            if (known.Image is { ActualSize: < MaxAsideBytes } image && image.VirtualSize == sizeBytes)
            {
                return;
            }

            await monitor.ExecuteAsync(new BlockdevDel(ReplicaNodes.AsideOf(id)), cancellationToken);
        }

        if (nodes.ContainsKey(ReplicaNodes.AsideFileOf(id)))
        {
            await monitor.ExecuteAsync(new BlockdevDel(ReplicaNodes.AsideFileOf(id)), cancellationToken);
        }

        var path = await replicas.MakeAsideAsync(id, key, sizeBytes, cancellationToken);
        try
        {
            await DiskSecrets.AddAsync(monitor, key, cancellationToken);
            await monitor.ExecuteAsync(new BlockdevAdd("file", ReplicaNodes.AsideFileOf(id)) { FileName = path }, cancellationToken);
            await monitor.ExecuteAsync(new BlockdevAdd("qcow2", ReplicaNodes.AsideOf(id)) { File = ReplicaNodes.AsideFileOf(id), Encrypt = DiskSecrets.EncryptionOf(key) }, cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private const long MaxAsideBytes = 256 << 20;

    /// <summary>Lends a disk for reading, with the notes of where it was written to since a moment: a copy of them, as those that go on are not lent. Taken after the disk is held,
    /// it has all that was written before.</summary>
    private static async Task LendAsync(QmpClient monitor, ReplicaSockets sockets, DiskNode disk, string source, long since, CancellationToken cancellationToken)
    {
        if (source == disk.Name)
        {
            await RemoveNotesAsync(monitor, source, ReplicaNodes.LentNotes, cancellationToken);
        }

        await monitor.ExecuteAsync(new DirtyBitmapAdd(source, ReplicaNodes.LentNotes, ReplicaNodes.Granularity) { Disabled = true }, cancellationToken);
        await monitor.ExecuteAsync(new DirtyBitmapGather(source, ReplicaNodes.LentNotes, [new(disk.Name, ReplicaNodes.NotesOf(since))]), cancellationToken);
        await ListenAsync(monitor, sockets, cancellationToken);
        await monitor.ExecuteAsync(new BlockExportAdd(ReplicaNodes.ExportOf(disk.VolumeId), source, disk.VolumeId) { Bitmaps = [ReplicaNodes.LentNotes] }, cancellationToken);
    }

    private static async Task ListenAsync(QmpClient monitor, ReplicaSockets sockets, CancellationToken cancellationToken)
    {
        try
        {
            await monitor.ExecuteAsync(new NbdServerStart(new(new(sockets.Source))), cancellationToken);
        }
        catch (QmpException exception) when (exception.Message.Contains("already running", StringComparison.Ordinal))
        {
            // For another disk, or for a scrub.
        }
    }

    private static async Task RemoveNotesAsync(QmpClient monitor, string node, string notes, CancellationToken cancellationToken)
    {
        try
        {
            await monitor.ExecuteAsync(new DirtyBitmapRemove(node, notes), cancellationToken);
        }
        catch (QmpException)
        {
            // There are none.
        }
    }

    private async Task WriteAsync(
        ReplicaSockets sockets, string volumeId, IReadOnlyList<(long Start, long Length)> extents, string draft, DiskKey? key, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var socket = sockets.TargetOf(volumeId);
        Directory.CreateDirectory(sockets.TargetFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(socket);
        var writer = ServeAsync(socket, volumeId, draft, key, stop.Token);
        try
        {
            await using (var source = await NbdClient.OpenAsync(sockets.Source, volumeId, cancellationToken))
            await using (var target = await ConnectAsync(socket, volumeId, writer, cancellationToken))
            {
                await CopyAsync(volumeId, source, target, extents, cancellationToken);
                await target.FlushAsync(cancellationToken);
            }

            await writer;
        }
        finally
        {
            await stop.CancelAsync();
            await writer.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            File.Delete(socket);
        }
    }

    private async Task CopyAsync(string volumeId, NbdClient source, NbdClient target, IReadOnlyList<(long Start, long Length)> extents, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        var (done, all, told) = (0L, Math.Max(1, extents.Sum(extent => extent.Length)), 0L);
        foreach (var (start, length) in extents)
        {
            for (var at = start; at < start + length; at += ChunkBytes)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(ChunkBytes, start + length - at));
                await ReadAsync(source, at, part, cancellationToken);
                await target.WriteAsync(at, part, cancellationToken);
                done += part.Length;
                if (done - told >= ChunkBytes)
                {
                    told = done;
                    replicas.Note(volumeId, before => before with { Percent = (int)(done * 100 / all) });
                    await Task.Delay(s_pause, time, cancellationToken);
                }
            }
        }
    }

    /// <summary>
    /// Reads a part of the moment's disk piece by piece, as it is copied aside: of a request for several pieces of which some are aside, QEMU 7.2 reads all from the disk
    /// itself, with what was written to it since.
    /// </summary>
    private static async Task ReadAsync(NbdClient source, long start, Memory<byte> part, CancellationToken cancellationToken)
    {
        for (var done = 0; done < part.Length;)
        {
            var length = (int)Math.Min(part.Length - done, ReplicaNodes.Granularity - ((start + done) % ReplicaNodes.Granularity));
            await source.ReadAsync(start + done, part.Slice(done, length), cancellationToken);
            done += length;
        }
    }

    /// <summary>The process that writes the copy; it ends when its client hangs up.</summary>
    private async Task ServeAsync(string socket, string volumeId, string draft, DiskKey? key, CancellationToken cancellationToken)
    {
        string[] secrets = [];
        string? input = null;
        if (key is not null)
        {
            (var handed, input) = DiskKeys.Hand(key);
            secrets = [.. handed];
        }

        var command = new HostCommand(
            "qemu-nbd", [.. secrets, "-k", socket, "-x", volumeId, "--cache=writeback", "--discard=unmap", "--detect-zeroes=unmap", "--image-opts", DiskKeys.ImageOf(draft, key)]);
        await commands.RunAsync(command with { StandardInput = input, Timeout = s_longest }, cancellationToken);
    }

    private async Task<NbdClient> ConnectAsync(string socket, string volumeId, Task writer, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await NbdClient.OpenAsync(socket, volumeId, cancellationToken);
            }
            catch (SocketException) when (!writer.IsCompleted && time.GetElapsedTime(started) < s_connect)
            {
                await Task.Delay(s_poll, time, cancellationToken);
            }
            catch (SocketException exception)
            {
                await writer;
                throw new IOException("Who writes the copy does not answer.", exception);
            }
        }
    }
}
