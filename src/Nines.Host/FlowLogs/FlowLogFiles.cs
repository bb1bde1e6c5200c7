using System.Globalization;
using System.IO.Compression;
using Nines.Host.Files;

namespace Nines.Host.FlowLogs;

/// <summary>
/// Where flow logs are written: a folder for each account and log group, a file for each adapter and kind of traffic, named like AWS's log
/// streams. A file that has grown is packed and put aside; the oldest such is removed.
/// </summary>
/// <param name="root">The folder.</param>
/// <param name="maxBytes">How long a file may grow.</param>
internal sealed class FlowLogFiles(string root, long maxBytes = 16 << 20)
{
    /// <summary>How many packed files are kept of each.</summary>
    public const int Packed = 3;

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where a host keeps them.</summary>
    public static string DirectoryOf(HostOptions host) => Path.Combine(host.StateDirectory, "flow-logs");

    /// <summary>Adds lines to a stream.</summary>
    public void Append(string accountId, string group, string stream, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var folder = Path.Combine(root, accountId, group.TrimStart('/'));
        Directory.CreateDirectory(folder, FolderMode);
        var path = Path.Combine(folder, stream + ".log");
        Rotate(path);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            UnixCreateMode = FileModes.OwnerOnly,
        });

        // In one write: who reads at the same time sees whole lines.
        file.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
    }

    /// <summary>Removes all of them.</summary>
    public void DeleteAll()
    {
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private void Rotate(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length < maxBytes)
        {
            return;
        }

        // What a death on the way leaves is packed, or overwritten, the next time.
        var packing = path + ".packing";
        using (var from = File.OpenRead(path))
        using (var to = new GZipStream(new FileStream(packing, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = FileModes.OwnerOnly }), CompressionLevel.Fastest))
        {
            from.CopyTo(to);
        }

        for (var number = Packed - 1; number >= 1; number--)
        {
            if (File.Exists(Numbered(number)))
            {
                File.Move(Numbered(number), Numbered(number + 1), overwrite: true);
            }
        }

        File.Move(packing, Numbered(1), overwrite: true);
        File.Delete(path);

        string Numbered(int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}.gz");
    }
}
