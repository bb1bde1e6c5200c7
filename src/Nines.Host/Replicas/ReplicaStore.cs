using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Processes;
using Nines.Host.Volumes;

namespace Nines.Host.Replicas;

/// <summary>
/// The asynchronous copies of this host's volumes: files on a second disk that are, whatever is cut short, a volume as it was at one moment. A change is written beside
/// the copy, gets its name when it is whole, and is written into the copy after that.
/// </summary>
/// <param name="options">The host's folders.</param>
/// <param name="commands">Runs <c>qemu-img</c>.</param>
/// <param name="volumes">Makes disks.</param>
/// <param name="copies">What copies the disk of a volume that no machine has open.</param>
internal sealed class ReplicaStore(HostOptions options, IHostCommands commands, VolumeStore volumes, DiskCopies copies, TimeProvider time)
{
    /// <summary>A change that was collected while the second disk was away may be large.</summary>
    private static readonly TimeSpan s_applyTimeout = TimeSpan.FromHours(2);

    private readonly ConcurrentDictionary<string, ReplicaProgress> _progress = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _making = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _open = new(StringComparer.Ordinal);

    /// <summary>Whether the host has a second disk for copies.</summary>
    public bool IsOffered => options.MirrorDirectory is not null;

    /// <summary>Whether a machine has opened the disk in this life of the agent.</summary>
    public bool IsOpen(string volumeId) => _open.ContainsKey(volumeId);

    /// <summary>What is known of a copy without asking a disk.</summary>
    public ReplicaProgress ProgressOf(string volumeId) => _progress.GetValueOrDefault(volumeId) ?? ReplicaProgress.Unknown;

    /// <summary>Takes note of how a copy stands.</summary>
    public void Note(string volumeId, Func<ReplicaProgress, ReplicaProgress> change) => _progress.AddOrUpdate(volumeId, _ => change(ReplicaProgress.Unknown), (_, before) => change(before));

    /// <summary>Takes note that nothing was written since the copy's moment until now.</summary>
    public void NoteCurrent(string volumeId, long at) => Note(volumeId, before => before with { At = at, CurrentUntil = time.GetUtcNow(), Error = null });

    /// <summary>Whether a moment of a running machine's disk is being copied.</summary>
    public bool IsBeingMade(string volumeId) => _making.ContainsKey(volumeId);

    /// <summary>Says that a moment of a running machine's disk is being copied, or no longer.</summary>
    public void Making(string volumeId, bool isMaking)
    {
        if (isMaking)
        {
            _making[volumeId] = true;
        }
        else
        {
            _making.TryRemove(volumeId, out _);
        }
    }

    /// <summary>Size that a guest sees of a copy's disk, in bytes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public long SizeOf(Replica replica) =>
        Qcow2Header.Read(PathOf(replica.Change ?? replica.Copy))?.SizeBytes ?? throw new IOException($"The copy {(replica.Change ?? replica.Copy).Name} is not there.");

    /// <summary>What the copying of a closed volume is called.</summary>
    public static string CopyIdOf(string volumeId) => volumeId + "/replica";

    /// <summary>A volume's copy; <see langword="null"/> when there is none.</summary>
    /// <exception cref="IOException">The second disk cannot be read.</exception>
    public Replica? Find(string volumeId) => Replica.Of(FilesOf(volumeId)).Replica;

    /// <summary>Whether anything of a copy is there, whole or not.</summary>
    /// <exception cref="IOException">The second disk cannot be read.</exception>
    public bool HasAny(string volumeId) => FilesOf(volumeId).Any() || File.Exists(ReplicaFiles.InStepOf(options, volumeId));

    /// <summary>Takes a copy as far as it goes: a change is written into it, and what is left of earlier ones is removed.</summary>
    /// <returns>The copy, without a change; <see langword="null"/> when there is none.</returns>
    /// <exception cref="HostCommandException">A change cannot be written into it.</exception>
    /// <exception cref="IOException">The second disk cannot be read, or not written.</exception>
    public async Task<Replica?> SettleAsync(string volumeId, DiskKey? key, CancellationToken cancellationToken)
    {
        var (replica, left) = Replica.Of(FilesOf(volumeId));
        foreach (var file in left)
        {
            if (file.IsDraft)
            {
                OrphanedConversions.End(PathOf(file));
            }

            File.Delete(PathOf(file));
        }

        if (replica?.Change is not { } change)
        {
            return replica;
        }

        OrphanedConversions.End(PathOf(replica.Copy));
        await ApplyAsync(replica, key, cancellationToken);
        var next = new ReplicaFile(volumeId, change.At);
        File.Move(PathOf(replica.Copy), PathOf(next));
        DurableFile.SyncDirectory(Folder);
        File.Delete(PathOf(change));
        return new Replica(next, null);
    }

    /// <summary>The moment that a new copy may say it is of: now, and no other's.</summary>
    public long NextMoment(Replica? before) => Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), (before?.At ?? 0) + 1);

    /// <summary>Makes an empty disk for a copy, or for a change of one, on the second disk.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="HostCommandException">It cannot be made.</exception>
    /// <exception cref="IOException">The second disk is not there, or cannot be written.</exception>
    public Task<string> MakeDraftAsync(string volumeId, long at, DiskKey? key, long sizeBytes, CancellationToken cancellationToken) =>
        MakeEmptyAsync(PathOf(new ReplicaFile(volumeId, at, IsDraft: true)), ReplicaFiles.BlankOf(MakeFolder(), volumeId), key, sizeBytes, cancellationToken);

    /// <summary>Makes an empty disk on the first disk, for what a machine's disk held.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> MakeAsideAsync(string volumeId, DiskKey? key, long sizeBytes, CancellationToken cancellationToken)
    {
        var path = ReplicaFiles.AsideOf(options, volumeId);
        await volumes.MakeEmptyAsync(path, key, sizeBytes, cancellationToken);
        return path;
    }

    /// <summary>Gives a draft that is whole its name: from now on it is the volume's copy, or changes it.</summary>
    /// <param name="draft">Its path.</param>
    /// <param name="at">The moment whose disk it holds.</param>
    /// <param name="from">The moment of the copy that it changes; <see langword="null"/>: it is a copy by itself.</param>
    /// <exception cref="IOException">The second disk does not take it.</exception>
    public void Keep(string draft, string volumeId, long at, long? from)
    {
        Sync(draft);
        File.Move(draft, PathOf(new ReplicaFile(volumeId, at, from)));
        DurableFile.SyncDirectory(Folder);
        Note(volumeId, before => before with { At = at, Percent = null, Error = null });
    }

    /// <summary>How the disk of a copy is opened (<c>--image-opts</c>), a change with the copy that it changes.</summary>
    public string ImageOf(Replica replica, DiskKey? key) => replica.Change is { } change
        ? $"{DiskKeys.ImageOf(PathOf(change), key)},{DiskKeys.ImageOf(PathOf(replica.Copy), key, "backing.")}"
        : DiskKeys.ImageOf(PathOf(replica.Copy), key);

    /// <summary>The moment whose disk a closed volume still is; <see langword="null"/> when nobody knows one.</summary>
    public long? InStepOf(string volumeId)
    {
        var path = ReplicaFiles.InStepOf(options, volumeId);
        return File.Exists(path) && long.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : null;
    }

    /// <summary>Remembers that a machine is about to open a volume: from now on it may differ from its copy.</summary>
    /// <returns>The moment whose disk it is now, or <see langword="null"/>.</returns>
    public async Task<long?> OpenAsync(string volumeId)
    {
        _open[volumeId] = true;
        await copies.AbandonAsync(CopyIdOf(volumeId));
        var path = ReplicaFiles.InStepOf(options, volumeId);
        if (!File.Exists(path))
        {
            return null;
        }

        var at = InStepOf(volumeId);
        File.Delete(path);
        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
        return at;
    }

    /// <summary>Remembers that no machine has a volume open any more.</summary>
    /// <param name="at">The moment whose disk it is, if that is sure.</param>
    public async Task CloseAsync(string volumeId, long? at)
    {
        _open.TryRemove(volumeId, out _);
        if (at is { } moment)
        {
            await NoteInStepAsync(volumeId, moment);
        }
    }

    /// <summary>Remembers which moment's disk a volume is that nobody has open.</summary>
    public async Task NoteInStepAsync(string volumeId, long at)
    {
        await DurableFile.WriteAsync(ReplicaFiles.InStepOf(options, volumeId), Encoding.ASCII.GetBytes(at.ToString(CultureInfo.InvariantCulture)), CancellationToken.None);
        NoteCurrent(volumeId, at);
    }

    /// <summary>Removes a volume's copy. What lies on a disk that is away stays there; no other volume has its name.</summary>
    public async Task RemoveAsync(string volumeId)
    {
        await copies.AbandonAsync(CopyIdOf(volumeId));
        File.Delete(ReplicaFiles.InStepOf(options, volumeId));
        foreach (var file in FilesOf(volumeId))
        {
            if (file.IsDraft)
            {
                OrphanedConversions.End(PathOf(file));
            }

            File.Delete(PathOf(file));
        }

        if (Directory.Exists(Folder))
        {
            File.Delete(ReplicaFiles.BlankOf(Folder, volumeId));
        }

        _progress.TryRemove(volumeId, out _);
    }

    /// <summary>Forgets everything; the files go with the second disk's folder.</summary>
    public void Purge()
    {
        if (ReplicaFiles.DirectoryOf(options) is { } folder)
        {
            OrphanedConversions.End(folder + Path.DirectorySeparatorChar);
        }

        _progress.Clear();
        _making.Clear();
        _open.Clear();
    }

    private string Folder => ReplicaFiles.DirectoryOf(options) ?? throw new IOException("This host is started without a second disk (--mirror).");

    private string PathOf(ReplicaFile file) => Path.Combine(Folder, file.Name);

    private IEnumerable<ReplicaFile> FilesOf(string volumeId)
    {
        if (ReplicaFiles.DirectoryOf(options) is not { } folder)
        {
            return [];
        }

        try
        {
            return [.. Directory.EnumerateFiles(folder, volumeId + ".*").Select(path => ReplicaFile.Parse(Path.GetFileName(path))).OfType<ReplicaFile>()];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>A disk that is new is empty; one that is away is not made up for by a folder where it should be.</summary>
    private string MakeFolder()
    {
        if (!Directory.Exists(options.MirrorDirectory))
        {
            throw new IOException($"The second disk's folder {options.MirrorDirectory} is not there.");
        }

        Directory.CreateDirectory(Folder, FileModes.Passable);
        return Folder;
    }

    private async Task<string> MakeEmptyAsync(string path, string blank, DiskKey? key, long sizeBytes, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            await volumes.MakeEmptyAsync(path, null, sizeBytes, cancellationToken);
            return path;
        }

        if (Qcow2Header.Read(blank)?.SizeBytes != sizeBytes)
        {
            await volumes.MakeEmptyAsync(blank + ".new", key, sizeBytes, cancellationToken);
            File.Move(blank + ".new", blank, overwrite: true);
        }

        File.Copy(blank, path, overwrite: true);
        return path;
    }

    private async Task ApplyAsync(Replica replica, DiskKey? key, CancellationToken cancellationToken)
    {
        string[] secrets = [];
        string? input = null;
        if (key is not null)
        {
            (var handed, input) = DiskKeys.Hand(key);
            secrets = [.. handed];
        }

        var command = new HostCommand("qemu-img", ["commit", "-q", "-d", .. secrets, "--image-opts", ImageOf(replica, key)]);
        await commands.RunAsync(command with { StandardInput = input, Timeout = s_applyTimeout }, cancellationToken);
        Sync(PathOf(replica.Copy));
    }

    private static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
