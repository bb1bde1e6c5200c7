using System.Collections.Concurrent;
using System.Text.Json;
using Nines.Host.Files;
using Nines.Host.Processes;
using Nines.Host.Volumes;

namespace Nines.Host.Mirrors;

/// <summary>
/// Remembers of every mirrored disk which copies are good, so that no copy that missed a write is ever read. What changes is on a disk before
/// anything is done that relies on it.
/// </summary>
/// <param name="options">The host's folders.</param>
/// <param name="copies">What makes a copy anew of a disk that no machine has open.</param>
/// <param name="changed">Is told when something else is to be reported of a disk.</param>
internal sealed class MirrorStore(HostOptions options, DiskCopies copies, Action changed)
{
    private readonly ConcurrentDictionary<string, MirrorRecord?> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _rebuilt = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _open = new(StringComparer.Ordinal);

    /// <summary>Whether the host has a second disk for copies.</summary>
    public bool IsOffered => options.MirrorDirectory is not null;

    /// <summary>Which copies are good; <see langword="null"/> when the disk is not mirrored.</summary>
    public MirrorState? StateOf(string volumeId) => _records.GetOrAdd(volumeId, Load)?.State;

    /// <summary>Whether a machine has opened the disk in this life of the agent.</summary>
    public bool IsOpen(string volumeId) => _open.ContainsKey(volumeId);

    /// <summary>How far a copy is made anew, in percent; <see langword="null"/> when none is.</summary>
    public int? RebuiltOf(string volumeId) => _rebuilt.TryGetValue(volumeId, out var percent) ? percent : null;

    /// <summary>A copy's path, whether it is there or not.</summary>
    /// <exception cref="InvalidDataException">The host has no folder for it.</exception>
    public string PathOf(string volumeId, MirrorCopy copy) =>
        MirrorFiles.PathOf(options, volumeId, copy) ?? throw new InvalidDataException($"The copies of {volumeId} are on two disks, and this host is started without the second (--mirror).");

    /// <summary>The path at which a copy is to be made.</summary>
    /// <exception cref="InvalidDataException">The host has no folder for it.</exception>
    /// <exception cref="IOException">Its disk is broken.</exception>
    public string PlaceOf(string volumeId, MirrorCopy copy)
    {
        var path = PathOf(volumeId, copy);
        MakeFolder(copy);
        return path;
    }

    /// <summary>Where a copy is written before it is whole; <see langword="null"/> when the host has no folder for it.</summary>
    public string? DraftOf(string volumeId, MirrorCopy copy) => MirrorFiles.PathOf(options, volumeId, copy) is { } path ? path + ".next" : null;

    /// <summary>Gives a copy that is whole its name.</summary>
    /// <exception cref="IOException">Its disk is broken.</exception>
    public void Keep(string volumeId, MirrorCopy copy)
    {
        var path = PathOf(volumeId, copy);
        File.Move(path + ".next", path, overwrite: true);
        DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The copy that a state relies on alone, if it does.</summary>
    public static MirrorCopy? OnlyOf(MirrorState? state) => state switch
    {
        MirrorState.FirstOnly => MirrorCopy.First,
        MirrorState.SecondOnly => MirrorCopy.Second,
        _ => null,
    };

    /// <summary>Size that a guest sees of the disk, in bytes.</summary>
    /// <exception cref="InvalidDataException">No copy that is good is there.</exception>
    public long SizeOf(string volumeId) =>
        Good(volumeId).Select(copy => SizeOf(volumeId, copy)).FirstOrDefault(size => size is not null) ?? throw Lost(volumeId);

    /// <summary>Remembers that a disk that has one copy, its first, is to have two.</summary>
    public Task BeginAsync(string volumeId) => SaveAsync(volumeId, MirrorState.FirstOnly);

    /// <summary>Remembers that a machine is about to open the disk.</summary>
    /// <returns>The copy that it must do with, or <see langword="null"/>: both.</returns>
    /// <exception cref="InvalidDataException">No copy that is good is there.</exception>
    public async Task<MirrorCopy?> OpenAsync(string volumeId)
    {
        _open[volumeId] = true;
        await AbandonAsync(volumeId);
        var state = StateOf(volumeId);
        var there = Readable(volumeId);
        var next = (state, there) switch
        {
            (_, []) => throw Lost(volumeId),

            // They differ in what a machine was about to write when it ended. It was told of none of that, so either will do, but not both.
            (MirrorState.Open, [var copy, ..]) => OnlyStateOf(copy),
            (MirrorState.Clean, [_, _]) => MirrorState.Open,
            (_, [var copy, ..]) => OnlyStateOf(copy),
        };
        await SaveAsync(volumeId, next);
        return OnlyOf(StateOf(volumeId));
    }

    /// <summary>Remembers that a machine has written out everything and closed the disk, or that it ended and nobody knows.</summary>
    public async Task CloseAsync(string volumeId, bool isWritten)
    {
        _open.TryRemove(volumeId, out _);
        Progress(volumeId, null);
        if (isWritten && StateOf(volumeId) is MirrorState.Open)
        {
            await SaveAsync(volumeId, MirrorState.Clean);
        }
    }

    /// <summary>Remembers that a copy is lost, which a machine is not told before: what it writes from now on is in the other only.</summary>
    /// <exception cref="IOException">That cannot be remembered beside the other copy.</exception>
    public Task DropAsync(string volumeId, MirrorCopy lost) => SaveAsync(volumeId, OnlyStateOf(lost is MirrorCopy.First ? MirrorCopy.Second : MirrorCopy.First));

    /// <summary>Remembers that both copies are good again.</summary>
    /// <param name="isOpen">Whether a machine writes to them.</param>
    public async Task RebuiltAsync(string volumeId, bool isOpen)
    {
        Progress(volumeId, null);
        await SaveAsync(volumeId, isOpen ? MirrorState.Open : MirrorState.Clean);
    }

    /// <summary>Tells how far a copy is made anew; <see langword="null"/>: no longer.</summary>
    public void Progress(string volumeId, int? percent)
    {
        var before = RebuiltOf(volumeId);
        if (percent is { } known)
        {
            _rebuilt[volumeId] = known;
        }
        else
        {
            _rebuilt.TryRemove(volumeId, out _);
        }

        if (before != percent)
        {
            changed();
        }
    }

    /// <summary>What the making of a disk's copy is called while no machine has the disk open.</summary>
    public static string CopyIdOf(string volumeId) => volumeId + "/mirror";

    /// <summary>The copies that are good and can be opened, of a disk that nobody has open.</summary>
    public IReadOnlyList<MirrorCopy> Readable(string volumeId) => [.. Good(volumeId).Where(copy => SizeOf(volumeId, copy) is not null)];

    /// <summary>Gives up the making of a copy, also one that another life of the agent began: it holds the copy that it reads.</summary>
    public async Task AbandonAsync(string volumeId)
    {
        await copies.AbandonAsync(CopyIdOf(volumeId));
        foreach (var draft in new[] { DraftOf(volumeId, MirrorCopy.First), DraftOf(volumeId, MirrorCopy.Second) }.OfType<string>().Where(File.Exists))
        {
            OrphanedConversions.End(draft);
            File.Delete(draft);
        }
    }

    /// <summary>
    /// Removes the second copy, and that there was one. Of a disk that lives on, what is remembered stays while the second copy cannot be reached: when
    /// that comes back some day, it must not be taken for good.
    /// </summary>
    /// <param name="livesOn">Whether the first copy stays.</param>
    public async Task RemoveAsync(string volumeId, bool livesOn)
    {
        await AbandonAsync(volumeId);
        var second = MirrorFiles.RecordOf(options, volumeId, MirrorCopy.Second);
        if (livesOn && !File.Exists(second))
        {
            if (StateOf(volumeId) is not MirrorState.FirstOnly)
            {
                await SaveAsync(volumeId, MirrorState.FirstOnly);
            }

            return;
        }

        string?[] files =
        [
            MirrorFiles.PathOf(options, volumeId, MirrorCopy.Second), second, MirrorFiles.RecordOf(options, volumeId, MirrorCopy.First),
        ];
        foreach (var file in files.OfType<string>().Where(File.Exists))
        {
            File.Delete(file);
        }

        _records.TryRemove(volumeId, out _);
        Progress(volumeId, null);
    }

    /// <summary>Removes every second copy and forgets what was read. What lies on a disk that is broken stays there.</summary>
    public void Purge()
    {
        try
        {
            if (MirrorFiles.DirectoryOf(options) is { } folder && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody reads it any more: what is remembered beside the first copies goes with them.
        }

        _records.Clear();
        _rebuilt.Clear();
        _open.Clear();
    }

    private static MirrorState OnlyStateOf(MirrorCopy copy) => copy is MirrorCopy.First ? MirrorState.FirstOnly : MirrorState.SecondOnly;

    private static InvalidDataException Lost(string volumeId) => new($"No copy of {volumeId} that is good is there: both disks are lost, or were never there together again.");

    private IEnumerable<MirrorCopy> Good(string volumeId) => OnlyOf(StateOf(volumeId)) is { } only ? [only] : [MirrorCopy.First, MirrorCopy.Second];

    /// <summary>A copy that cannot be read, as its disk is broken, is as good as none.</summary>
    private long? SizeOf(string volumeId, MirrorCopy copy)
    {
        try
        {
            return MirrorFiles.PathOf(options, volumeId, copy) is { } path ? Qcow2Header.Read(path)?.SizeBytes : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>
    /// The newer of what lies beside the two copies. That both are good is believed only if both say so: a disk that was away, or another in its place, has
    /// an older word or none beside its copy, and that copy may be as old.
    /// </summary>
    private MirrorRecord? Load(string volumeId)
    {
        var (first, second) = (Read(volumeId, MirrorCopy.First), Read(volumeId, MirrorCopy.Second));
        var newest = (first?.Sequence ?? -1) >= (second?.Sequence ?? -1) ? first : second;
        return newest is null || OnlyOf(newest.State) is not null || first?.Sequence == second?.Sequence
            ? newest
            : newest with { State = OnlyStateOf(ReferenceEquals(newest, first) ? MirrorCopy.First : MirrorCopy.Second) };
    }

    private MirrorRecord? Read(string volumeId, MirrorCopy copy)
    {
        try
        {
            return MirrorFiles.RecordOf(options, volumeId, copy) is { } path && File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), HostFilesJsonContext.Default.MirrorRecord)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes what is remembered beside both copies. That it is beside every copy that is good is demanded: if one of two does not take it, that
    /// copy's disk is broken, and the other is remembered as the only one.
    /// </summary>
    private async Task SaveAsync(string volumeId, MirrorState state)
    {
        var record = new MirrorRecord((_records.GetOrAdd(volumeId, Load)?.Sequence ?? 0) + 1, state);
        var first = await TryWriteAsync(volumeId, MirrorCopy.First, record);
        var second = await TryWriteAsync(volumeId, MirrorCopy.Second, record);
        if (OnlyOf(state) is { } only)
        {
            if ((only is MirrorCopy.First ? first : second) is { } failure)
            {
                throw new IOException($"What copy of {volumeId} is good cannot be remembered: {failure.Message}", failure);
            }
        }
        else if (first is not null || second is not null)
        {
            _records[volumeId] = record;
            await SaveAsync(volumeId, OnlyStateOf(first is null ? MirrorCopy.First : MirrorCopy.Second));
            return;
        }

        _records[volumeId] = record;
        changed();
    }

    /// <summary>A disk that is new is empty; one that is away is not made up for by a folder where it should be.</summary>
    private void MakeFolder(MirrorCopy copy)
    {
        if (copy is MirrorCopy.Second && Directory.Exists(options.MirrorDirectory))
        {
            Directory.CreateDirectory(MirrorFiles.DirectoryOf(options)!, FileModes.Passable);
        }
    }

    private async Task<Exception?> TryWriteAsync(string volumeId, MirrorCopy copy, MirrorRecord record)
    {
        try
        {
            if (MirrorFiles.RecordOf(options, volumeId, copy) is not { } path)
            {
                return new IOException("This host is started without a second disk.");
            }

            MakeFolder(copy);

            await DurableFile.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(record, HostFilesJsonContext.Default.MirrorRecord), CancellationToken.None);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception;
        }
    }
}
