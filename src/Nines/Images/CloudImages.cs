using System.Security.Cryptography;
using System.Text;
using Nines.Control.Services.Ec2.Images;
using Nines.Host.Api;
using Nines.Host.Images;

namespace Nines.Images;

/// <summary>Makes the images of this machine known to a cloud.</summary>
/// <param name="store">What is built and imported.</param>
/// <param name="catalog">The cloud's records.</param>
/// <param name="accountId">Whose cloud it is: images that were imported belong to this account, those that come with the cloud to nobody's.</param>
/// <param name="placeholders">Whether images that are not built are known all the same: a host in memory boots nothing.</param>
internal sealed class CloudImages(ImageStore store, ImageCatalog catalog, string accountId, bool placeholders)
{
    private static readonly (string Name, string User, string Device)[] Known = [("tiny", "ec2-user", "/dev/xvda"), ("debian-12", "admin", "/dev/xvda")];

    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var built = store.List();
        var missing = placeholders ? Known.Where(known => built.All(image => image.Manifest.Name != known.Name)) : [];
        ImageFacts[] held = [.. built.Select(Facts), .. missing.Select(known => Placeholder(known.Name, known.User, known.Device))];
        foreach (var facts in held)
        {
            await catalog.RegisterAsync(facts, cancellationToken);
        }

        await catalog.RetainAsync(held.Select(facts => facts.Digest).ToHashSet(), cancellationToken);
    }

    private ImageFacts Facts(Host.Images.Image image) => new()
    {
        Name = image.Manifest.Name,
        Digest = image.Digest,
        Description = image.Manifest.Description,
        Architecture = image.Manifest.Architecture,
        Platform = image.Manifest.Platform,
        Devices = image.Manifest.Devices,
        BootMode = image.Manifest.Boot.Mode switch { ImageBootMode.Bios => "legacy-bios", ImageBootMode.Uefi => "uefi", _ => null },
        RootDeviceName = image.Manifest.RootDeviceName,
        RootDiskBytes = image.Manifest.Disk.VirtualSizeBytes,
        MinimumMemoryMiB = image.Manifest.MinimumMemoryMiB,
        HasGate = image.Manifest is { Gate: true, Devices: DeviceModel.Virtio },
        DefaultUser = image.Manifest.DefaultUser,
        BuiltAt = image.Manifest.BuiltAt,
        OwnerAccountId = Known.Any(known => known.Name == image.Manifest.Name) ? null : accountId,
    };

    private static ImageFacts Placeholder(string name, string user, string device) => new()
    {
        Name = name,
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"placeholder {name}"))),
        Description = "known by name only: hosts in memory boot nothing",
        Architecture = "x86_64",
        RootDeviceName = device,
        RootDiskBytes = 1L << 30,
        HasGate = true,
        DefaultUser = user,
        BuiltAt = DateTimeOffset.UnixEpoch,
    };
}
