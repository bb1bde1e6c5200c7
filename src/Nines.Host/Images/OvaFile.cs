using System.Diagnostics.CodeAnalysis;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Nines.Host.Images;

/// <summary>
/// An OVA: a tar archive with the description of a machine (OVF) first, digests of its files, and its disks (DMTF DSP0243, chapter 5).
/// </summary>
internal static class OvaFile
{
    private const int MaxTextBytes = 1 << 20;
    private const string DescriptionSuffix = ".ovf";
    private const string ManifestSuffix = ".mf";

    /// <summary>The longest file that the oldest header of a tar archive, which every reader knows, can tell of.</summary>
    private const long MaxUstarBytes = (8L << 30) - 1;

    /// <summary>Whether a file starts as an OVA.</summary>
    public static bool IsOva(ReadOnlySpan<byte> start)
    {
        if (start.Length < 512 || !start.Slice(257, 5).SequenceEqual("ustar"u8))
        {
            return false;
        }

        var name = start[..100];
        var length = name.IndexOf((byte)0);
        return (length < 0 ? name : name[..length]).EndsWith(".ovf"u8);
    }

    /// <summary>Takes the machine's first disk out of the archive.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="target">Where to put the disk.</param>
    /// <param name="isAlone">Whether the machine may have no other disk.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ImageException">The archive has none, or is not what its description or its digests say.</exception>
    public static async Task ExtractDiskAsync(string path, string target, bool isAlone, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(path);
            await using var reader = new TarReader(stream);
            string? disk = null;
            (string Name, byte[] Content)? description = null;
            string? manifest = null;
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                // Names in an OVA have no folders; a link is no file.
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is not { } data)
                {
                    continue;
                }

                if (description is null && entry.Name.EndsWith(DescriptionSuffix, StringComparison.OrdinalIgnoreCase))
                {
                    description = (entry.Name, await ReadTextAsync(data, cancellationToken));
                    disk = DiskOf(description.Value.Content, isAlone);
                }
                else if (manifest is null && entry.Name.EndsWith(ManifestSuffix, StringComparison.OrdinalIgnoreCase))
                {
                    manifest = Encoding.UTF8.GetString(await ReadTextAsync(data, cancellationToken));
                }
                else if (disk is not null && entry.Name == disk)
                {
                    await using var file = new FileStream(target, FileMode.Create, FileAccess.Write);
                    await data.CopyToAsync(file, cancellationToken);
                }
            }

            if (disk is null || !File.Exists(target))
            {
                throw new ImageException(disk is null ? "the archive has no description of a machine" : $"the archive has no {disk}, which its description names");
            }

            if (manifest is not null)
            {
                Verify(manifest, description!.Value.Name, new MemoryStream(description.Value.Content));
                await using var file = File.OpenRead(target);
                Verify(manifest, disk, file);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or XmlException)
        {
            throw new ImageException($"the archive is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Writes an archive of one disk.</summary>
    /// <param name="path">The file to make.</param>
    /// <param name="diskPath">The disk, a VMDK.</param>
    /// <param name="machine">What to say of the machine.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task WriteAsync(string path, string diskPath, OvaMachine machine, CancellationToken cancellationToken)
    {
        var diskName = $"{machine.Name}-disk1.vmdk";
        var disk = new FileInfo(diskPath);
        var description = Encoding.UTF8.GetBytes(OvfDescription.Render(machine, diskName, disk.Length));
        var manifest = new StringBuilder();
        manifest.Append($"SHA256({machine.Name}.ovf)= {Convert.ToHexStringLower(SHA256.HashData(description))}\n");
        manifest.Append($"SHA256({diskName})= {await ImageDigest.OfFileAsync(diskPath, cancellationToken)}\n");

        await using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        await using var writer = new TarWriter(stream, disk.Length <= MaxUstarBytes ? TarEntryFormat.Ustar : TarEntryFormat.Gnu);
        await AddAsync(writer, $"{machine.Name}.ovf", new MemoryStream(description), cancellationToken);
        await AddAsync(writer, $"{machine.Name}.mf", new MemoryStream(Encoding.UTF8.GetBytes(manifest.ToString())), cancellationToken);
        await using var content = disk.OpenRead();
        await AddAsync(writer, diskName, content, cancellationToken);
    }

    private static Task AddAsync(TarWriter writer, string name, Stream content, CancellationToken cancellationToken)
    {
        TarEntry entry = writer.Format is TarEntryFormat.Ustar ? new UstarTarEntry(TarEntryType.RegularFile, name) : new GnuTarEntry(TarEntryType.RegularFile, name);
        entry.DataStream = content;
        return writer.WriteEntryAsync(entry, cancellationToken);
    }

    /// <summary>The file of the machine's first disk.</summary>
    private static string DiskOf(byte[] description, bool isAlone)
    {
        using var reader = XmlReader.Create(new MemoryStream(description), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        var envelope = XDocument.Load(reader).Root!;
        var files = Elements(envelope, "References", "File").ToList();
        var disks = Elements(envelope, "DiskSection", "Disk").Select(disk => files.Find(file => Attribute(file, "id") is { } id && id == Attribute(disk, "fileRef"))).OfType<XElement>().ToList();
        if (isAlone && disks.Count > 1)
        {
            throw new ImageException($"the archive has {disks.Count} disks; import each by itself");
        }

        var file = disks.FirstOrDefault() ?? throw new ImageException("the archive's description names no disk");
        return Attribute(file, "compression") is not (null or "" or "identity")
            ? throw new ImageException($"the disk in the archive is compressed ({Attribute(file, "compression")}); unpack it first")
            : Attribute(file, "href") ?? throw new ImageException("the archive's description names no disk");
    }

    private static IEnumerable<XElement> Elements(XElement envelope, string section, string name) =>
        envelope.Elements().Where(element => element.Name.LocalName == section).Elements().Where(element => element.Name.LocalName == name);

    private static string? Attribute(XElement element, string name) => element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name)?.Value;

    private static async Task<byte[]> ReadTextAsync(Stream data, CancellationToken cancellationToken)
    {
        if (data.Length > MaxTextBytes)
        {
            throw new ImageException($"the archive's description has more than {MaxTextBytes} bytes");
        }

        var text = new byte[data.Length];
        await data.ReadExactlyAsync(text, cancellationToken);
        return text;
    }

    /// <summary>Lines are <c>SHA256(name)= hexadecimal</c>; a file that no line speaks of is not vouched for.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "It finds damage in archives that were made with it, as DSP0243 1.x has them; it vouches for nobody.")]
    private static void Verify(string manifest, string name, Stream content)
    {
        foreach (var line in manifest.Split('\n'))
        {
            var open = line.IndexOf('(', StringComparison.Ordinal);
            var close = line.IndexOf(")=", StringComparison.Ordinal);
            if (open <= 0 || close < open || line[(open + 1)..close] != name)
            {
                continue;
            }

            var digest = line[..open].Trim().ToUpperInvariant() switch
            {
                "SHA1" => SHA1.HashData(content),
                "SHA256" => SHA256.HashData(content),
                "SHA512" => SHA512.HashData(content),
                var algorithm => throw new ImageException($"the archive's digests are made with {algorithm}, which is not known"),
            };
            if (!Convert.ToHexString(digest).Equals(line[(close + 2)..].Trim(), StringComparison.OrdinalIgnoreCase))
            {
                throw new ImageException($"{name} in the archive does not have the digest that the archive says");
            }

            return;
        }
    }
}
