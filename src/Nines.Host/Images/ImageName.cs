using System.Text.RegularExpressions;

namespace Nines.Host.Images;

/// <summary>The rule for the names of images: they become names of files.</summary>
internal static partial class ImageName
{
    /// <summary>Gives the name back, or says what is wrong with it.</summary>
    /// <exception cref="ImageException">It is not a name.</exception>
    public static string Check(string name) =>
        Valid().IsMatch(name)
            ? name
            : throw new ImageException($"'{name}' cannot be the name of an image: lower-case letters, digits, '.' and '-', at most 63, starting with a letter or digit");

    /// <summary>Whether this is a content digest.</summary>
    public static bool IsDigest(string text) => Digest().IsMatch(text);

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex Valid();

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Digest();
}
