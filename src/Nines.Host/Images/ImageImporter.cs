using System.Globalization;
using Microsoft.Extensions.Logging;
using Nines.Host.Processes;

namespace Nines.Host.Images;

/// <summary>Makes images of other people's cloud images: any disk that starts by BIOS or UEFI, in the format of whatever hypervisor.</summary>
public sealed class ImageImporter(ImageStore store, IHostCommands commands, TimeProvider time, ILogger<ImageImporter> logger)
{
    private readonly QemuImg _qemuImg = new(commands);

    /// <summary>Copies a disk file into the store.</summary>
    /// <exception cref="ImageException">The file is missing, cannot be started, or asks for things that a stranger's file may not ask for.</exception>
    public async Task<Image> ImportAsync(ImageImport import, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(import.Path))
        {
            throw new ImageException($"{import.Path} does not exist");
        }

        await using var staging = await store.StageAsync(import.Name, cancellationToken);
        progress?.Report($"reading {import.Path}");
        var (path, format) = await OpenAsync(import, staging, progress, cancellationToken);
        var source = await ImageDigest.OfFileAsync(import.Path, cancellationToken);
        var disk = await CopyAsync(import, path, format, staging, progress, cancellationToken);
        var mode = import.BootMode ?? await BootModeAsync(import, staging, cancellationToken);
        var image = await store.PublishAsync(
            staging,
            new ImageManifest
            {
                Name = import.Name,
                Description = import.Description ?? $"imported from {Path.GetFileName(import.Path)}",
                Architecture = "x86_64",
                Boot = new ImageBoot { Mode = mode },
                Disk = new ImageDisk("disk.qcow2", disk.VirtualSizeBytes),
                DefaultUser = import.DefaultUser,
                BuiltAt = time.GetUtcNow(),
                SourceDigest = source,
            },
            cancellationToken);
        logger.ImageImported(import.Name, image.Digest, import.Path);
        return image;
    }

    /// <summary>The disk file that the import is of, and what it is: of an archive, the disk in it.</summary>
    private static async Task<(string Path, DiskFormat Format)> OpenAsync(ImageImport import, ImageStaging staging, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var path = import.Path;
            var disk = await ForeignDisk.ReadAsync(path, cancellationToken);
            if (disk.Format is DiskFormat.Ova)
            {
                progress?.Report("unpacking");
                path = staging.File("unpacked");
                await OvaFile.ExtractDiskAsync(import.Path, path, cancellationToken);
                disk = await ForeignDisk.ReadAsync(path, cancellationToken);
            }

            if (disk.Format is DiskFormat.Ova)
            {
                throw new ImageException("it is an archive in an archive");
            }

            CheckSize(import, disk.VirtualSizeBytes);
            return (path, disk.Format);
        }
        catch (ImageException exception)
        {
            throw new ImageException($"{import.Path} cannot be imported: {exception.Message}", exception);
        }
    }

    private static void CheckSize(ImageImport import, long? bytes)
    {
        if (bytes is { } size && (size <= 0 || size > import.MaxVirtualSizeBytes))
        {
            throw new ImageException(string.Create(CultureInfo.InvariantCulture, $"its disk has {size} bytes, and at most {import.MaxVirtualSizeBytes} are accepted"));
        }
    }

    private async Task<DiskInfo> CopyAsync(
        ImageImport import, string path, DiskFormat format, ImageStaging staging, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        try
        {
            // Where the header does not tell the size, the program that reads it does.
            CheckSize(import, (await _qemuImg.InfoAsync(path, format.ToQemu(), cancellationToken)).VirtualSizeBytes);
            var target = staging.File("disk.qcow2");
            await _qemuImg.ConvertAsync(path, format, target, DiskFormat.Qcow2, new PercentLines("copying", progress).OnLine, cancellationToken);
            return await _qemuImg.InfoAsync(target, "qcow2", cancellationToken);
        }
        catch (Exception exception) when (exception is HostCommandException or ImageException)
        {
            var reason = exception is HostCommandException { LastErrorLines: [.., var last] } ? last : exception.Message;
            throw new ImageException($"{import.Path} cannot be imported: {reason}", exception);
        }
    }

    private async Task<ImageBootMode> BootModeAsync(ImageImport import, ImageStaging staging, CancellationToken cancellationToken)
    {
        var start = staging.File("start");
        await _qemuImg.ReadStartAsync(staging.File("disk.qcow2"), start, PartitionTable.Size, cancellationToken);
        return PartitionTable.Parse(await File.ReadAllBytesAsync(start, cancellationToken)) switch
        {
            // A disk that can do both starts faster, and needs no firmware package, by BIOS.
            { HasBootSector: true } => ImageBootMode.Bios,
            { HasEfiSystemPartition: true } => ImageBootMode.Uefi,
            _ => throw new ImageException(
                $"{import.Path} cannot be imported: it has neither a boot sector nor an EFI system partition, so nothing could start it"),
        };
    }
}
