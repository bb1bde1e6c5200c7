using System.Globalization;
using Microsoft.Extensions.Logging;
using Nines.Host.Processes;

namespace Nines.Host.Images;

/// <summary>Makes images of other people's cloud images: any qcow2 or raw disk that starts by BIOS or UEFI.</summary>
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
        var format = await FormatAsync(import, cancellationToken);
        var source = await ImageDigest.OfFileAsync(import.Path, cancellationToken);
        var disk = await CopyAsync(import, format, staging, progress, cancellationToken);
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

    /// <summary>Looks at the file itself before any program does: what a header names, programs open.</summary>
    private static async Task<string> FormatAsync(ImageImport import, CancellationToken cancellationToken)
    {
        var start = new byte[Qcow2Header.Size];
        await using var stream = File.OpenRead(import.Path);
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        var header = Qcow2Header.Parse(start.AsSpan(0, length));
        var problem = header switch
        {
            null when stream.Length == 0 => "it is empty",
            null when stream.Length % 512 != 0 => "it is neither qcow2 nor a raw disk (its size is not a multiple of 512 bytes)",
            null => TooLarge(stream.Length),
            { HasBackingFile: true } => "it depends on a backing file; merge them first: qemu-img convert -O qcow2",
            { HasDataFile: true } => "its content lies in another file; merge them first: qemu-img convert -O qcow2",
            { IsEncrypted: true } => "it is encrypted",
            { IsCorrupt: true } => "it is marked as corrupt; repair it first: qemu-img check -r all",
            _ => TooLarge(header.VirtualSizeBytes),
        };
        return problem is null ? header is null ? "raw" : "qcow2" : throw new ImageException($"{import.Path} cannot be imported: {problem}");

        string? TooLarge(long bytes) => bytes is > 0 && bytes <= import.MaxVirtualSizeBytes
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"its disk has {bytes} bytes, and at most {import.MaxVirtualSizeBytes} are accepted");
    }

    private async Task<DiskInfo> CopyAsync(
        ImageImport import, string format, ImageStaging staging, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var target = staging.File("disk.qcow2");
            var shown = -1;
            await _qemuImg.ConvertAsync(import.Path, format, target, line => ReportTenths(line, progress, ref shown), cancellationToken);
            return await _qemuImg.InfoAsync(target, "qcow2", cancellationToken);
        }
        catch (HostCommandException exception)
        {
            var reason = exception.LastErrorLines.IsEmpty ? exception.Message : exception.LastErrorLines[^1];
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

    /// <summary>Of the program's many lines, such as <c>(12.34/100%)</c>, every tenth percent is enough.</summary>
    private static void ReportTenths(string line, IProgress<string>? progress, ref int shown)
    {
        var number = line.Trim().TrimStart('(').Split('/')[0];
        if (double.TryParse(number, CultureInfo.InvariantCulture, out var percent) && (int)(percent / 10) > shown)
        {
            shown = (int)(percent / 10);
            progress?.Report($"copying: {shown * 10} %");
        }
    }
}
