using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Nines.Host.Files;
using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>
/// The kept guests of a host, each in a folder by the digest of all that it depends on: <c>kept.json</c>, <c>memory</c> and <c>state</c>
/// (root's alone), <c>disk.qcow2</c> and <c>console.log</c>. A folder appears whole, by a rename. Those that were not used for the
/// longest time go when together they take more room than they may.
/// </summary>
/// <param name="removed">Is told of each that is no more.</param>
internal sealed class KeptGuests(HostOptions options, TimeProvider time, ILogger<KeptGuests> logger, Action<string>? removed = null) : IDisposable
{
    private const int CopyBytes = 4 << 20;

    /// <summary>A guest knows its identity in some hundred places. One of a user's may write it everywhere.</summary>
    private const int MaxMarks = 1 << 16;

    private const long MaxConsoleBytes = 1 << 20;
    private readonly ConcurrentDictionary<string, Lazy<Task<KeptGuest>>> _loaded = new();

    private string Folder => Path.Combine(options.ImagesDirectory, "kept");

    /// <summary>Whether there is one.</summary>
    public bool Has(string id) => File.Exists(Path.Combine(Folder, id, "kept.json"));

    /// <summary>The disk that belongs to a kept guest's memory; copies' root disks are made of it, copy on write.</summary>
    public string DiskOf(string id) => Path.Combine(Folder, id, "disk.qcow2");

    /// <summary>
    /// Which keeping of a guest it is, <c>ID-DIGEST</c>: memory and disk of another do not go together.
    /// </summary>
    /// <exception cref="IOException">There is none.</exception>
    public string TagOf(string id) => KeptGuest.TagOf(id, ReadRecord(Path.Combine(Folder, id)));

    /// <summary>A kept guest with its memory loaded, or <see langword="null"/> when there is none, or none that is whole.</summary>
    public async Task<KeptGuest?> LoadAsync(string id)
    {
        var loading = _loaded.GetOrAdd(id, key => new Lazy<Task<KeptGuest>>(() => ReadAsync(key)));
        try
        {
            var kept = await loading.Value;
            Touch(id);
            return kept;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            _loaded.TryRemove(new(id, loading));
            if (Has(id))
            {
                logger.KeptGuestDamaged(exception, id);
                Remove(id);
            }

            return null;
        }
    }

    /// <summary>An empty folder to keep a guest in; what an interrupted keeping left there is removed.</summary>
    public string Stage(string id)
    {
        var staging = Path.Combine(Folder, $".{id}-{options.Scope}");
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        Directory.CreateDirectory(Folder, FileModes.Passable);
        Directory.CreateDirectory(staging, FileModes.Passable);
        return staging;
    }

    /// <summary>Removes what interrupted keepings of this host left.</summary>
    public void RemoveStaged()
    {
        foreach (var staging in Directory.Exists(Folder) ? Directory.GetDirectories(Folder, $".*-{options.Scope}") : [])
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>Takes a staged folder in, with everything but its record written, and makes room for it.</summary>
    public async Task PublishAsync(
        string id, string staging, GateKey key, MachineIdentity identity, bool rehearses, CancellationToken cancellationToken)
    {
        var record = (await DescribeAsync(staging, key, identity, cancellationToken)) with { Rehearses = rehearses };
        await DurableFile.WriteAsync(
            Path.Combine(staging, "kept.json"), JsonSerializer.SerializeToUtf8Bytes(record, GateJsonContext.Default.KeptGuestRecord), cancellationToken);
        if (_loaded.TryRemove(id, out var earlier) && earlier is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            earlier.Value.Result.Dispose();
        }

        if (Has(id))
        {
            // Another cloud of this machine was faster; what it kept is as good.
            Directory.Delete(staging, recursive: true);
            return;
        }

        Directory.Move(staging, Path.Combine(Folder, id));
        DurableFile.SyncDirectory(Folder);
        MakeRoom(id);
    }

    /// <summary>How many guests are kept, and what they take in memory and on disk, in bytes.</summary>
    public (int Guests, long MemoryBytes, long DiskBytes) Measure()
    {
        var records = Records().ToArray();
        var loaded = _loaded.Values.Where(loading => loading is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).Sum(loading => loading.Value.Result.Record.StoredBytes);
        return (records.Length, loaded, records.Sum(entry => entry.Record.StoredBytes + entry.Record.DiskBytes));
    }

    /// <summary>Removes what is kept of guests whose image or snapshot is no more, so that nothing outlives what it was made of.</summary>
    public void RemoveOrphans(Func<string, bool> imageExists)
    {
        foreach (var (id, record) in Records().Where(entry => !imageExists(entry.Record.Key.ImageDigest) || entry.Record.Key.IsOrphan))
        {
            logger.KeptGuestRemoved(id, record.StoredBytes >> 20);
            Remove(id);
        }
    }

    /// <summary>Removes what is kept of guests of snapshots in a folder: of all, or of those that are no more.</summary>
    public void RemoveOf(string folder, bool all)
    {
        foreach (var (id, record) in Records().Where(entry => Path.GetDirectoryName(entry.Record.Key.Snapshot) == folder && (all || entry.Record.Key.IsOrphan)))
        {
            logger.KeptGuestRemoved(id, record.StoredBytes >> 20);
            Remove(id);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var loading in _loaded.Values.Where(loading => loading.IsValueCreated && loading.Value.IsCompletedSuccessfully))
        {
            loading.Value.Result.Dispose();
        }

        _loaded.Clear();
    }

    private async Task<KeptGuest> ReadAsync(string id)
    {
        var folder = Path.Combine(Folder, id);
        var record = ReadRecord(folder);
        var state = await File.ReadAllBytesAsync(Path.Combine(folder, "state"));
        Demand(Convert.ToHexStringLower(SHA256.HashData(state)) == record.StateDigest, id);
        var memory = await SealedMemory.CreateAsync(record.MemoryBytes, async target =>
        {
            using var source = File.OpenHandle(Path.Combine(folder, "memory"));
            var digest = await ReadPartsAsync(source, (offset, data) => RandomAccess.WriteAsync(target, data, offset).AsTask(), CancellationToken.None);
            Demand(digest == record.MemoryDigest, id);
        });
        return new(id, record, memory, state, await File.ReadAllBytesAsync(Path.Combine(folder, "console.log")));
    }

    private static void Demand(bool whole, string id)
    {
        if (!whole)
        {
            throw new InvalidDataException($"Kept guest {id} does not have the digest that it was kept with.");
        }
    }

    private static async Task<KeptGuestRecord> RecordOfAsync(string staging, GateKey key, MachineIdentity identity, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var forms = identity.Forms();
        var longest = forms.Max(form => form.Length);
        var marks = new HashSet<IdentityMark>();
        var stored = 0L;
        using var memory = File.OpenHandle(Path.Combine(staging, "memory"));
        ReadOnlyMemory<byte> tail = Array.Empty<byte>();
        var tailEnd = -1L;
        var digest = await ReadPartsAsync(
            memory,
            (offset, data) =>
            {
                stored += data.Length;
                marks.UnionWith(IdentityMarks.Find(forms, data, offset).Take(MaxMarks + 1));
                DemandFew(marks);
                if (tailEnd == offset)
                {
                    // A value that lies across two pieces.
                    byte[] seam = [.. tail.Span, .. data.Span[..Math.Min(longest, data.Length)]];
                    marks.UnionWith(IdentityMarks.Find(forms, seam, offset - tail.Length));
                }

                tail = data[Math.Max(0, data.Length - longest)..].ToArray();
                tailEnd = offset + data.Length;
                return Task.CompletedTask;
            },
            cancellationToken);
        var state = await File.ReadAllBytesAsync(Path.Combine(staging, "state"), cancellationToken);
        IdentityMark[] stateMarks = [.. IdentityMarks.Find(forms, state, 0).Take(MaxMarks + 1)];
        DemandFew(stateMarks);
        return new()
        {
            Key = key,
            KeptAt = now,
            MemoryBytes = RandomAccess.GetLength(memory),
            StoredBytes = stored,
            DiskBytes = new FileInfo(Path.Combine(staging, "disk.qcow2")) is { Exists: true } disk ? disk.Length : 0,
            MemoryDigest = digest,
            StateDigest = Convert.ToHexStringLower(SHA256.HashData(state)),
            HasBootId = identity.BootId is not null,
            MemoryMarks = [.. marks.OrderBy(mark => mark.Offset)],
            ConsoleMarks = [.. IdentityMarks.Find(forms, await ReadConsoleAsync(Path.Combine(staging, "console.log"), cancellationToken), 0)],
            StateMarks = [.. stateMarks],
        };
    }

    private static void DemandFew(IReadOnlyCollection<IdentityMark> marks)
    {
        if (marks.Count > MaxMarks)
        {
            throw new VmStartException("The guest has its identity in more places of its memory than are replaced in a copy.");
        }
    }

    private static Task<byte[]> ReadConsoleAsync(string path, CancellationToken cancellationToken) => new FileInfo(path).Length <= MaxConsoleBytes
        ? File.ReadAllBytesAsync(path, cancellationToken)
        : throw new VmStartException($"The guest said more than {MaxConsoleBytes >> 20} MiB on its console before the gate.");

    private Task<KeptGuestRecord> DescribeAsync(string staging, GateKey key, MachineIdentity identity, CancellationToken cancellationToken) =>
        RecordOfAsync(staging, key, identity, time.GetUtcNow(), cancellationToken);

    /// <summary>Reads the stored parts of a file in pieces.</summary>
    /// <returns>SHA-256 of the pieces and their places.</returns>
    private static async Task<string> ReadPartsAsync(
        SafeFileHandle file, Func<long, ReadOnlyMemory<byte>, Task> read, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBytes];
        foreach (var (start, end) in SparseFile.Parts(file))
        {
            for (var offset = start; offset < end;)
            {
                var length = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - offset)), offset, cancellationToken);
                if (length == 0)
                {
                    throw new InvalidDataException("The file became shorter while it was read.");
                }

                hash.AppendData(BitConverter.GetBytes(offset));
                hash.AppendData(buffer, 0, length);
                await read(offset, buffer.AsMemory(0, length));
                offset += length;
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static KeptGuestRecord ReadRecord(string folder) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, "kept.json")), GateJsonContext.Default.KeptGuestRecord)!;

    private IEnumerable<(string Id, KeptGuestRecord Record)> Records()
    {
        foreach (var folder in Directory.Exists(Folder) ? Directory.GetDirectories(Folder) : [])
        {
            var id = Path.GetFileName(folder);
            KeptGuestRecord? record = null;
            try
            {
                record = id[0] == '.' ? null : ReadRecord(folder);
            }
            catch (Exception exception) when (exception is IOException or JsonException)
            {
                logger.KeptGuestDamaged(exception, id);
            }

            if (record is not null)
            {
                yield return (id, record);
            }
        }
    }

    private void MakeRoom(string newest)
    {
        var kept = Records().OrderByDescending(entry => File.GetLastWriteTimeUtc(Path.Combine(Folder, entry.Id, "kept.json"))).ToImmutableArray();
        var total = 0L;
        foreach (var (id, record) in kept)
        {
            total += record.StoredBytes + record.DiskBytes;
            if (total > options.KeptBytesLimit && id != newest)
            {
                logger.KeptGuestRemoved(id, record.StoredBytes >> 20);
                Remove(id);
            }
        }
    }

    private void Touch(string id)
    {
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(Folder, id, "kept.json"), time.GetUtcNow().UtcDateTime);
        }
        catch (IOException)
        {
            // Removed meanwhile; what is loaded stays loaded.
        }
    }

    private void Remove(string id)
    {
        removed?.Invoke(id);
        if (_loaded.TryRemove(id, out var loading) && loading is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            loading.Value.Result.Dispose();
        }

        Directory.Delete(Path.Combine(Folder, id), recursive: true);
    }
}
