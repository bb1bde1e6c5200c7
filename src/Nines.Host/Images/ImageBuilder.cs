using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nines.Host.Processes;

namespace Nines.Host.Images;

/// <summary>Builds images from recipes, each once.</summary>
public sealed class ImageBuilder(ImageStore store, IHostCommands commands, TimeProvider time, ILogger<ImageBuilder> logger)
{
    private readonly QemuImg _qemuImg = new(commands);

    /// <summary>After this a build has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The image that a recipe makes. An image that was built from the same recipe is answered at once; of several who ask at
    /// the same time one builds and the others wait for it.
    /// </summary>
    /// <param name="recipe">What to build.</param>
    /// <param name="rebuild">Builds even so, for newer packages.</param>
    /// <param name="progress">Is told what is being done, a line at a time.</param>
    /// <exception cref="ImageException">The build failed; the message names the reason and the log.</exception>
    public async Task<Image> BuildAsync(ImageRecipe recipe, bool rebuild, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var source = await recipe.DigestAsync(cancellationToken);
        if (!rebuild && Built(recipe, source) is { } built)
        {
            return built;
        }

        await using var staging = await store.StageAsync(recipe.Name, cancellationToken);
        if (!rebuild && Built(recipe, source) is { } builtMeanwhile)
        {
            return builtMeanwhile;
        }

        var started = time.GetTimestamp();
        var log = store.LogPath(recipe.Name);
        await RunAsync(recipe, staging, log, progress, cancellationToken);
        var output = ReadOutput(recipe, staging, log);
        var disk = await CheckDiskAsync(recipe, staging.File(output.Disk), cancellationToken);
        var image = await store.PublishAsync(
            staging,
            new ImageManifest
            {
                Name = recipe.Name,
                Description = output.Description,
                Architecture = output.Architecture,
                Platform = output.Platform,
                Devices = output.Devices,
                Boot = output.Boot,
                Disk = new ImageDisk(output.Disk, disk.VirtualSizeBytes),
                MinimumMemoryMiB = output.MinimumMemoryMiB,
                TranslationCacheMiB = output.TranslationCacheMiB,
                Gate = output.Gate,
                DefaultUser = output.DefaultUser,
                RootDeviceName = output.RootDeviceName,
                BuiltAt = time.GetUtcNow(),
                SourceDigest = source,
                Packages = output.Packages,
            },
            cancellationToken);
        logger.ImageBuilt(image.Manifest.Name, image.Digest, time.GetElapsedTime(started).TotalSeconds);
        return image;
    }

    private Image? Built(ImageRecipe recipe, string source) =>
        store.FindByName(recipe.Name) is { } image && image.Manifest.SourceDigest == source ? image : null;

    private async Task RunAsync(ImageRecipe recipe, ImageStaging staging, string log, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(recipe.Script))
        {
            throw new ImageException($"image {recipe.Name} has no recipe: {recipe.Script} does not exist");
        }

        await using var writer = new StreamWriter(log) { AutoFlush = true };
        var gate = new Lock();
        try
        {
            await commands.RunAsync(
                RecipeGuard.Command(recipe.Script, staging.Directory, Environment.IsPrivilegedProcess) with
                {
                    Timeout = Timeout,
                    Environment = ImmutableDictionary<string, string>.Empty.Add("LC_ALL", "C"),
                    MaxOutputCharacters = 16 * 1024,
                    OnLine = line =>
                    {
                        lock (gate)
                        {
                            writer.WriteLine(line);
                        }

                        progress?.Report(line);
                    },
                },
                cancellationToken);
        }
        catch (HostCommandException exception)
        {
            var reason = exception.LastErrorLines.IsEmpty ? exception.Message : exception.LastErrorLines[^1];
            throw new ImageException($"image {recipe.Name} was not built: {reason} (the whole log: {log})", exception);
        }
    }

    private static RecipeOutput ReadOutput(ImageRecipe recipe, ImageStaging staging, string log)
    {
        try
        {
            var output = JsonSerializer.Deserialize(File.ReadAllText(staging.File("image.json")), ImageJsonContext.Default.RecipeOutput)!;
            foreach (var file in new[] { output.Boot.Kernel, output.Boot.Initrd, output.Disk }.OfType<string>().Where(file => !File.Exists(staging.File(file))))
            {
                throw new ImageException($"image {recipe.Name} was not built: the recipe left no file '{file}' (the whole log: {log})");
            }

            return output.Boot is { Mode: ImageBootMode.Kernel, Kernel: null }
                ? throw new ImageException($"image {recipe.Name} was not built: its manifest names no kernel")
                : output;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw new ImageException($"image {recipe.Name} was not built: the recipe left no valid image.json: {exception.Message} (the whole log: {log})", exception);
        }
    }

    private async Task<DiskInfo> CheckDiskAsync(ImageRecipe recipe, string path, CancellationToken cancellationToken)
    {
        var disk = await _qemuImg.InfoAsync(path, "qcow2", cancellationToken);
        return disk.BackingFile is null
            ? disk
            : throw new ImageException($"image {recipe.Name} was not built: its disk depends on another file, {disk.BackingFile}");
    }
}
