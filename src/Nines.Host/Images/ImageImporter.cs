using Microsoft.Extensions.Logging;
using Nines.Host.Api;
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
        var opened = await OpenAsync(import, staging, progress, cancellationToken);
        var source = await ImageDigest.OfFileAsync(import.Path, cancellationToken);
        var disk = await CopyAsync(import, opened, staging, progress, cancellationToken);
        var mode = import.BootMode ?? await BootModeAsync(import, staging, cancellationToken);
        var image = await store.PublishAsync(
            staging,
            new ImageManifest
            {
                Name = import.Name,
                Description = import.Description ?? $"imported from {Path.GetFileName(import.Path)}",
                Architecture = "x86_64",
                Platform = import.Platform,
                Devices = import.Devices ?? DeviceModels.OfPlatform(import.Platform),
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
    private async Task<OpenedDisk> OpenAsync(ImageImport import, ImageStaging staging, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return await new DiskOpener(_qemuImg).OpenAsync(import.Path, staging.File("unpacked"), import.MaxVirtualSizeBytes, isAlone: false, progress, cancellationToken);
        }
        catch (ImageException exception)
        {
            throw new ImageException($"{import.Path} cannot be imported: {exception.Message}", exception);
        }
    }

    private async Task<DiskInfo> CopyAsync(
        ImageImport import, OpenedDisk opened, ImageStaging staging, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var target = staging.File("disk.qcow2");
            await _qemuImg.ConvertAsync(opened.Path, opened.Format, target, DiskFormat.Qcow2, new PercentLines("copying", progress).OnLine, cancellationToken);
            return await _qemuImg.InfoAsync(target, "qcow2", cancellationToken);
        }
        catch (HostCommandException exception)
        {
            throw new ImageException($"{import.Path} cannot be imported: {DiskOpener.Reason(exception)}", exception);
        }
    }

    private async Task<ImageBootMode> BootModeAsync(ImageImport import, ImageStaging staging, CancellationToken cancellationToken)
    {
        var start = staging.File("start");
        await _qemuImg.ReadStartAsync(staging.File("disk.qcow2"), DiskFormat.Qcow2, start, PartitionTable.Size, cancellationToken);
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
