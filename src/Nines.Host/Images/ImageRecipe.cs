using System.Collections.Immutable;

namespace Nines.Host.Images;

/// <summary>
/// A recipe: a folder with an executable <c>build.sh</c>, which is given an empty folder and leaves the image's files and
/// <c>image.json</c> there. What it prints is progress.
/// </summary>
/// <param name="Name">The image's name: the folder's.</param>
/// <param name="Directory">The folder.</param>
public sealed record ImageRecipe(string Name, string Directory)
{
    /// <summary>The program that builds.</summary>
    public string Script => Path.Combine(Directory, "build.sh");

    /// <summary>All recipes in a folder of recipes.</summary>
    public static ImmutableArray<ImageRecipe> List(string recipes) =>
        System.IO.Directory.Exists(recipes)
            ?
            [
                .. System.IO.Directory.EnumerateDirectories(recipes).Order(StringComparer.Ordinal)
                    .Select(folder => new ImageRecipe(Path.GetFileName(folder), folder)).Where(recipe => File.Exists(recipe.Script)),
            ]
            : [];

    /// <summary>SHA-256 of the recipe's files.</summary>
    public Task<string> DigestAsync(CancellationToken cancellationToken) => ImageDigest.OfDirectoryAsync(Directory, cancellationToken);
}
