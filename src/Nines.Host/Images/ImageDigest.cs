using System.Security.Cryptography;
using System.Text;

namespace Nines.Host.Images;

/// <summary>Digests of images and of what they are made from.</summary>
internal static class ImageDigest
{
    /// <summary>
    /// The digest of an image: everything that a machine made of it depends on, and nothing else (not its name, nor when it was
    /// built), so that the same content is the same image.
    /// </summary>
    public static string Of(ImageManifest manifest)
    {
        var text = new StringBuilder("nines image 1\n");
        foreach (var (key, value) in (ReadOnlySpan<(string, string?)>)
                 [
                     ("architecture", manifest.Architecture),
                     ("boot", manifest.Boot.Mode.ToString()),
                     ("kernel", Hash(manifest, manifest.Boot.Kernel)),
                     ("initrd", Hash(manifest, manifest.Boot.Initrd)),
                     ("command line", manifest.Boot.CommandLine),
                     ("disk", Hash(manifest, manifest.Disk.File)),
                     ("minimum memory", $"{manifest.MinimumMemoryMiB}"),
                     ("translation cache", $"{manifest.TranslationCacheMiB}"),
                     ("gate", $"{manifest.Gate}"),
                     ("default user", manifest.DefaultUser),
                     ("root device", manifest.RootDeviceName),
                 ])
        {
            text.Append(key).Append('=').Append(value).Append('\n');
        }

        // Said only where it is not what it always was: images keep their ids.
        if ((manifest.Platform, manifest.Devices) != default)
        {
            text.Append("machine=").Append(manifest.Platform).Append(' ').Append(manifest.Devices).Append('\n');
        }

        return Hex(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The digest of one file.</summary>
    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, useAsync: true);
        return Hex(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>The digest of a folder: names, whether executable, and contents of all its files.</summary>
    public static async Task<string> OfDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var executable = (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) != 0;
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(path, file)}\0{(executable ? 'x' : '-')}\0"));
            hash.AppendData(Encoding.UTF8.GetBytes(await OfFileAsync(file, cancellationToken)));
        }

        return Hex(hash.GetHashAndReset());
    }

    private static string? Hash(ImageManifest manifest, string? file) => file is null ? null : manifest.Files[file];

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
