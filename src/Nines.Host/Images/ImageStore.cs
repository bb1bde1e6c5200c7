using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Nines.Host.Processes;

namespace Nines.Host.Images;

/// <summary>
/// The images of a host, each once, by the digest of its content:
/// <c>sha256/DIGEST/</c> with the files and <c>image.json</c>, <c>names/NAME</c> with the digest that a name stands for.
/// A folder under <c>sha256</c> appears whole, by a rename, and is never changed again, so disks may be backed by it.
/// </summary>
public sealed class ImageStore(string directory, IHostCommands commands, TimeProvider time)
{
    private const UnixFileMode ReadableFile = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ReadableDirectory =
        ReadableFile | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const string Building = "building";
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>All images that have a name, in the order of their names.</summary>
    public ImmutableArray<Image> List()
    {
        var names = Path.Combine(directory, "names");
        return Directory.Exists(names)
            ? [.. Directory.EnumerateFiles(names).Select(Path.GetFileName).Where(name => name![0] != '.').Order(StringComparer.Ordinal)
                .Select(name => FindByName(name!)).OfType<Image>()]
            : [];
    }

    /// <summary>The image that a name stands for, or <see langword="null"/>.</summary>
    public Image? FindByName(string name)
    {
        var file = Path.Combine(directory, "names", ImageName.Check(name));
        return File.Exists(file) && FindByDigest(File.ReadAllText(file).Trim()) is { } image
            ? image with { Manifest = image.Manifest with { Name = name } }
            : null;
    }

    /// <summary>The image with a content digest, or <see langword="null"/>.</summary>
    public Image? FindByDigest(string digest)
    {
        var folder = Path.Combine(directory, "sha256", digest);
        var file = Path.Combine(folder, "image.json");
        return ImageName.IsDigest(digest) && File.Exists(file)
            ? new Image(digest, folder, JsonSerializer.Deserialize(File.ReadAllText(file), ImageJsonContext.Default.ImageManifest)!)
            : null;
    }

    /// <summary>The folder for the logs of builds.</summary>
    internal string LogPath(string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(directory, "logs")).FullName, $"{ImageName.Check(name)}.log");

    /// <summary>
    /// Waits until nobody else builds an image of this name, then gives an empty folder to build it in. What an interrupted
    /// build left there is removed.
    /// </summary>
    internal async Task<ImageStaging> StageAsync(string name, CancellationToken cancellationToken)
    {
        ImageName.Check(name);
        var locks = Directory.CreateDirectory(Path.Combine(directory, "locks"));
        var held = await LockAsync(Path.Combine(locks.FullName, name), cancellationToken);
        try
        {
            await SweepAsync(name, cancellationToken);

            // A folder of one's own, since what guards an interrupted build may still be removing that build's.
            var folder = Path.Combine(directory, Building, string.Create(CultureInfo.InvariantCulture, $"{name}_{Environment.ProcessId}"));
            Directory.CreateDirectory(folder);
            return new ImageStaging(name, folder, held, time);
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes what interrupted builds of this name left. Whoever has the name's lock is the only one who builds it.</summary>
    private async Task SweepAsync(string name, CancellationToken cancellationToken)
    {
        var building = Path.Combine(directory, Building);
        foreach (var left in Directory.Exists(building) ? Directory.GetDirectories(building, $"{name}_*") : [])
        {
            await ImageStaging.RemoveAsync(left, time, cancellationToken);
        }
    }

    /// <summary>Makes the staged files an image, atomically, and gives it the name.</summary>
    internal async Task<Image> PublishAsync(ImageStaging staging, ImageManifest manifest, CancellationToken cancellationToken)
    {
        string[] files = [.. new[] { manifest.Boot.Kernel, manifest.Boot.Initrd, manifest.Disk.File }.OfType<string>()];
        var hashes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            hashes[file] = await ImageDigest.OfFileAsync(staging.File(file), cancellationToken);
        }

        manifest = manifest with { Name = staging.Name, Files = hashes.ToImmutable() };
        var digest = ImageDigest.Of(manifest);
        var target = Path.Combine(Directory.CreateDirectory(Path.Combine(directory, "sha256")).FullName, digest);
        if (FindByDigest(digest) is null)
        {
            staging.KeepOnly([.. files]);
            await File.WriteAllTextAsync(
                staging.File("image.json"), JsonSerializer.Serialize(manifest, ImageJsonContext.Default.ImageManifest), cancellationToken);
            await MakeDurableAsync(staging.Directory, cancellationToken);
            await MoveAsync(staging.Directory, target, cancellationToken);
        }

        await NameAsync(staging.Name, digest, cancellationToken);
        return FindByName(staging.Name)!;
    }

    private async Task NameAsync(string name, string digest, CancellationToken cancellationToken)
    {
        var names = Directory.CreateDirectory(Path.Combine(directory, "names")).FullName;
        var next = Path.Combine(names, $".{name}");
        await File.WriteAllTextAsync(next, $"{digest}\n", cancellationToken);
        await SyncAsync([next], cancellationToken);
        File.Move(next, Path.Combine(names, name), overwrite: true);
        await SyncAsync([names], cancellationToken);
    }

    private async Task MakeDurableAsync(string folder, CancellationToken cancellationToken)
    {
        var files = Directory.GetFiles(folder);
        foreach (var file in files)
        {
            File.SetUnixFileMode(file, ReadableFile);
        }

        File.SetUnixFileMode(folder, ReadableDirectory);
        await SyncAsync([.. files, folder], cancellationToken);
    }

    private async Task MoveAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true); // without a manifest: a crash of the machine came between its entries
        }

        Directory.Move(from, to);
        await SyncAsync([Path.GetDirectoryName(to)!], cancellationToken);
    }

    /// <summary>fsync(2) of files and folders; .NET cannot open a folder.</summary>
    private Task<HostCommandResult> SyncAsync(ImmutableArray<string> paths, CancellationToken cancellationToken) =>
        commands.RunAsync(new HostCommand("sync", paths) { Timeout = TimeSpan.FromMinutes(5) }, cancellationToken);

    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None); // flock(2)
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(LockRetry, time, cancellationToken);
            }
        }
    }
}
