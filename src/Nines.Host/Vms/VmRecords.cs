using System.Text.Json;
using Nines.Host.Files;

namespace Nines.Host.Vms;

/// <summary>What the agent remembers of its machines, on disk.</summary>
internal sealed class VmRecords(HostOptions options)
{
    /// <summary>Ids of all machines that something is kept of.</summary>
    public IEnumerable<string> Ids()
    {
        var all = VmFiles.AllOf(options);
        return Directory.Exists(all) ? Directory.EnumerateDirectories(all).Select(path => Path.GetFileName(path)!) : [];
    }

    /// <summary>What is remembered of a machine; a new record when there is nothing, or nothing that can be read.</summary>
    public VmRecord Load(string id)
    {
        var file = new VmFiles(options, id).Record;
        try
        {
            return File.Exists(file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(file), HostFilesJsonContext.Default.VmRecord)!
                : new VmRecord { Id = id };
        }
        catch (JsonException)
        {
            // A disk that lost it: the process, if there is one, is still found by its number and arguments.
            return new VmRecord { Id = id, Phase = VmPhase.Starting };
        }
    }

    /// <summary>Remembers; returns when it is on the disk.</summary>
    public async Task SaveAsync(VmRecord record, CancellationToken cancellationToken)
    {
        var files = new VmFiles(options, record.Id);
        Directory.CreateDirectory(files.Directory, FileModes.Passable);
        var json = JsonSerializer.SerializeToUtf8Bytes(record, HostFilesJsonContext.Default.VmRecord);
        await DurableFile.WriteAsync(files.Record, json, cancellationToken);
    }

    /// <summary>Forgets a machine and all its lasting files.</summary>
    public void Remove(string id)
    {
        var files = new VmFiles(options, id);
        if (Directory.Exists(files.Directory))
        {
            Directory.Delete(files.Directory, recursive: true);
        }
    }
}
