using Microsoft.Extensions.Logging.Abstractions;
using Nines.Client;
using Nines.Composition;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Servers;
using Nines.Terminal;

namespace Nines.Images;

/// <summary>The images of this machine: built from the recipes of the checkout, or imported.</summary>
internal sealed class LocalImages
{
    private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);

    public LocalImages(string directory, string recipes)
    {
        Recipes = recipes;
        Store = new ImageStore(directory, _commands, TimeProvider.System);
    }

    /// <summary>The folder of recipes.</summary>
    public string Recipes { get; }

    public ImageStore Store { get; }

    /// <summary>This machine's store and this checkout's recipes.</summary>
    public static LocalImages Default() => new(CloudPaths.ImageCache, Path.Combine(SourceTree.Root, "images"));

    public Task<Image> BuildAsync(ImageRecipe recipe, bool rebuild, CancellationToken cancellationToken)
    {
        var builder = new ImageBuilder(Store, _commands, TimeProvider.System, NullLogger<ImageBuilder>.Instance);
        return RunAsync($"build image {recipe.Name}", progress => builder.BuildAsync(recipe, rebuild, progress, cancellationToken));
    }

    public Task<Image> ImportAsync(ImageImport import, CancellationToken cancellationToken)
    {
        var importer = new ImageImporter(Store, _commands, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        return RunAsync($"import image {import.Name}", progress => importer.ImportAsync(import, progress, cancellationToken));
    }

    public Task ExportAsync(Image image, string path, DiskFormat format, CancellationToken cancellationToken)
    {
        var exporter = new ImageExporter(_commands, NullLogger<ImageExporter>.Instance);
        return RunAsync($"export image {image.Manifest.Name}", async progress =>
        {
            await exporter.ExportAsync(image, path, format, progress, cancellationToken);
            return true;
        });
    }

    /// <summary>The image of that name or id, or <see langword="null"/>.</summary>
    public Image? Find(string nameOrId) => Store.List().FirstOrDefault(image => image.Manifest.Name == nameOrId || image.AmiId == nameOrId);

    private static async Task<T> RunAsync<T>(string title, Func<IProgress<string>, Task<T>> work)
    {
        try
        {
            return await Step.RunAsync(title, work);
        }
        catch (ImageException e)
        {
            throw new UserException(e.Message);
        }
    }

    /// <summary>The recipe of that name, or <see langword="null"/>.</summary>
    public ImageRecipe? FindRecipe(string name) => ImageRecipe.List(Recipes).FirstOrDefault(recipe => recipe.Name == name);

    /// <summary>
    /// The image of that name or id as the cloud knows it. One with a recipe is built first where that is needed: quickly
    /// answered when it was built from the very same recipe before.
    /// </summary>
    public async Task<Api.Ec2.Image> EnsureRegisteredAsync(CloudClient client, string nameOrId, CancellationToken cancellationToken)
    {
        var id = nameOrId;
        if (FindRecipe(nameOrId) is { } recipe)
        {
            var source = await recipe.DigestAsync(cancellationToken);
            var built = Store.FindByName(recipe.Name);
            built = built?.Manifest.SourceDigest == source ? built : await BuildAsync(recipe, rebuild: false, cancellationToken);
            id = built.AmiId;
        }
        else if (Store.List().FirstOrDefault(image => image.Manifest.Name == nameOrId) is { } imported)
        {
            // The cloud knows an image by its content, and one of the names of that; here it may have several.
            id = imported.AmiId;
        }

        if (await client.FindImageAsync(id, cancellationToken) is { } known)
        {
            return known;
        }

        await client.Admin.RefreshImagesAsync(cancellationToken);
        return await client.FindImageAsync(id, cancellationToken)
            ?? throw new UserException($"there is no image {nameOrId}; see: nines images list", ExitCode.Unavailable);
    }
}
