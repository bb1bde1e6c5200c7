using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>
/// How the keys of encrypted disks come to <c>qemu-img</c> and into the files' headers: a header names the secret that opens what its file is
/// based on, and never holds one.
/// </summary>
internal static class DiskKeys
{
    private const string SecretPrefix = "key-";
    private const string Wrap = "wrap";
    private const string Json = "json:";
    private const int WrapBytes = 32;
    private const int BlockBytes = 16;

    /// <summary>
    /// Options of a new file that is locked with a key. The key is 256 random bits, so slowing down who guesses it guards nothing; QEMU still measures for some
    /// hundred milliseconds how fast this processor is.
    /// </summary>
    public static string OptionsOf(DiskKey key) => $"encrypt.format=luks,encrypt.key-secret={SecretOf(key)},encrypt.iter-time=10";

    /// <summary>What QEMU calls the secret.</summary>
    public static string SecretOf(DiskKey key) => SecretPrefix + key.Id;

    /// <summary>Whether QEMU's name of an object is one of a disk's secret.</summary>
    public static bool IsSecret(string name) => name.StartsWith(SecretPrefix, StringComparison.Ordinal);

    /// <summary>How a header names what its file is based on: by the path, or with the secret that opens it.</summary>
    public static string BackingOf(string path, DiskKey? key)
    {
        if (key is null)
        {
            return path;
        }

        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteString("driver", "qcow2");
            writer.WriteStartObject("encrypt");
            writer.WriteString("format", "luks");
            writer.WriteString("key-secret", SecretOf(key));
            writer.WriteEndObject();
            writer.WriteStartObject("file");
            writer.WriteString("driver", "file");
            writer.WriteString("filename", path);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Json + Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>The path of what a header names.</summary>
    /// <exception cref="JsonException">It names something that is no file.</exception>
    public static string PathOf(string backing)
    {
        if (!backing.StartsWith(Json, StringComparison.Ordinal))
        {
            return backing;
        }

        using var document = JsonDocument.Parse(backing.AsMemory(Json.Length));
        return document.RootElement.TryGetProperty("file", out var file) && file.TryGetProperty("filename", out var name) && name.GetString() is { } path
            ? path
            : throw new JsonException("What the file is based on is not said by a path.");
    }

    /// <summary>How <c>qemu-img</c> is told to open a file (<c>--image-opts</c>).</summary>
    /// <param name="role">What the file is to another one, such as <c>backing.</c>; nothing for the disk itself.</param>
    public static string ImageOf(string path, DiskKey? key, string role = "")
    {
        var file = $"{role}driver=qcow2,{role}file.driver=file,{role}file.filename={path.Replace(",", ",,", StringComparison.Ordinal)}";
        return key is null ? file : $"{file},{role}encrypt.format=luks,{role}encrypt.key-secret={SecretOf(key)}";
    }

    /// <summary>
    /// The secrets as arguments that tell nobody anything: encrypted with a key of this one command, which it reads from its input. A process's
    /// arguments are everybody's to read, and a file would outlive it.
    /// </summary>
    /// <exception cref="InvalidDataException">A secret is not known.</exception>
    public static (ImmutableArray<string> Arguments, string Input) Hand(params IEnumerable<DiskKey?> keys)
    {
        var wrap = RandomNumberGenerator.GetBytes(WrapBytes);
        var arguments = ImmutableArray.CreateBuilder<string>();
        arguments.AddRange("--object", $"secret,id={Wrap},format=base64,file=/dev/stdin");
        foreach (var key in keys.OfType<DiskKey>().DistinctBy(key => key.Id))
        {
            var iv = RandomNumberGenerator.GetBytes(BlockBytes);
            using var cipher = Aes.Create();
            cipher.Key = wrap;
            var data = cipher.EncryptCbc(Encoding.UTF8.GetBytes(SecretIn(key)), iv);
            arguments.AddRange("--object", $"secret,id={SecretOf(key)},format=base64,keyid={Wrap},iv={Convert.ToBase64String(iv)},data={Convert.ToBase64String(data)}");
        }

        return (arguments.ToImmutable(), Convert.ToBase64String(wrap));
    }

    private static string SecretIn(DiskKey key) => key.Secret ?? throw new InvalidDataException(key.Failure ?? $"The key {key.Id} is not known yet.");
}
