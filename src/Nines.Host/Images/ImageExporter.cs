using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.Host.Images;

/// <summary>Makes files of images that other hypervisors start.</summary>
public sealed class ImageExporter(IHostCommands commands, ILogger<ImageExporter> logger)
{
    private readonly QemuImg _qemuImg = new(commands);

    /// <summary>Writes an image into a new file, which appears whole or not at all.</summary>
    /// <exception cref="ImageException">It cannot be started elsewhere, or not be written there.</exception>
    public async Task ExportAsync(Image image, string path, DiskFormat format, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (image.Manifest.Boot.Mode is ImageBootMode.Kernel)
        {
            throw new ImageException(
                $"{image.Manifest.Name} is started with a kernel that lies beside its disk, which no other hypervisor would find; export an image that starts by BIOS or UEFI, such as debian-12");
        }

        if (File.Exists(path))
        {
            throw new ImageException($"{path} is there already; remove it, or choose another name");
        }

        var draft = path + ".part";
        try
        {
            if (format is DiskFormat.Ova)
            {
                await WriteOvaAsync(image, draft, Path.GetFileNameWithoutExtension(path), progress, cancellationToken);
            }
            else
            {
                await ConvertAsync(image, draft, format, progress, cancellationToken);
            }

            File.Move(draft, path);
            logger.ImageExported(image.Manifest.Name, path);
        }
        catch (Exception exception) when (exception is HostCommandException or IOException or UnauthorizedAccessException)
        {
            var reason = exception is HostCommandException { LastErrorLines: [.., var last] } ? last : exception.Message;
            throw new ImageException($"{path} cannot be written: {reason}", exception);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private async Task WriteOvaAsync(Image image, string path, string name, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var disk = path + ".vmdk";
        try
        {
            await ConvertAsync(image, disk, DiskFormat.Vmdk, progress, cancellationToken);
            progress?.Report("packing");
            var machine = new OvaMachine(name, image.Manifest.Disk.VirtualSizeBytes, image.Manifest.Boot.Mode is ImageBootMode.Uefi) { Platform = image.Manifest.Platform, Devices = image.Manifest.Devices };
            await OvaFile.WriteAsync(path, disk, machine, cancellationToken);
        }
        finally
        {
            File.Delete(disk);
        }
    }

    private Task ConvertAsync(Image image, string path, DiskFormat format, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var percent = new PercentLines("writing", progress);
        return _qemuImg.ConvertAsync(image.DiskPath, DiskFormat.Qcow2, path, format, percent.OnLine, cancellationToken);
    }
}
