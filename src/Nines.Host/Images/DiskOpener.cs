using System.Globalization;
using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.Host.Images;

/// <summary>Finds out what a stranger's file is, and whether it can be taken in, before anything of it is.</summary>
internal sealed class DiskOpener(QemuImg qemuImg)
{
    /// <summary>Opens a disk file; of an archive, the disk in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="unpacked">Where to put what lies in an archive.</param>
    /// <param name="maxBytes">The largest disk to accept.</param>
    /// <param name="isAlone">Whether an archive may have no further disk.</param>
    /// <param name="progress">Is told when it takes its time.</param>
    /// <exception cref="ImageException">It cannot be taken in; the message says why, without the file's name.</exception>
    public async Task<OpenedDisk> OpenAsync(string path, string unpacked, long maxBytes, bool isAlone, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var disk = await ForeignDisk.ReadAsync(path, cancellationToken);
        var named = disk.Format;
        if (disk.Format is DiskFormat.Ova)
        {
            progress?.Report("unpacking");
            await OvaFile.ExtractDiskAsync(path, unpacked, isAlone, cancellationToken);
            path = unpacked;
            disk = await ForeignDisk.ReadAsync(path, cancellationToken);
        }

        if (disk.Format is DiskFormat.Ova)
        {
            throw new ImageException("it is an archive in an archive");
        }

        CheckSize(disk.VirtualSizeBytes, maxBytes);
        try
        {
            // Where the header does not tell the size, the program that reads it does.
            var size = (await qemuImg.InfoAsync(path, disk.Format.ToQemu(), cancellationToken)).VirtualSizeBytes;
            CheckSize(size, maxBytes);
            await qemuImg.CheckAsync(path, disk.Format, cancellationToken);
            return new OpenedDisk(path, disk.Format, named, size);
        }
        catch (HostCommandException exception)
        {
            throw new ImageException(Reason(exception), exception);
        }
    }

    /// <summary>What a program that failed said last, or how it ended.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        HostCommandException { LastErrorLines: [.., var last] } => last,
        HostCommandException { ExitCode: { } code } => string.Create(CultureInfo.InvariantCulture, $"the conversion ended with code {code}"),
        HostCommandException => "the conversion took too long or could not be started",
        _ => exception.Message,
    };

    private static void CheckSize(long? bytes, long maxBytes)
    {
        if (bytes is { } size && (size <= 0 || size > maxBytes))
        {
            throw new ImageException(string.Create(CultureInfo.InvariantCulture, $"its disk has {size} bytes, and at most {maxBytes} are accepted"));
        }
    }
}
