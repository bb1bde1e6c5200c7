using System.Security.Cryptography;
using System.Text;
using Nines.Control.Services.Ec2.Images;
using Nines.Host.Images;

namespace Nines.Images;

/// <summary>Makes the images of this machine known to a cloud.</summary>
/// <param name="store">What is built and imported.</param>
/// <param name="catalog">The cloud's records.</param>
/// <param name="placeholders">Whether images that are not built are known all the same: a host in memory boots nothing.</param>
internal sealed class CloudImages(ImageStore store, ImageCatalog catalog, bool placeholders)
{
    private static readonly (string Name, string User, string Device)[] Known = [("tiny", "ec2-user", "/dev/xvda"), ("debian-12", "admin", "/dev/xvda")];

    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var built = store.List();
        foreach (var image in built)
        {
            await catalog.RegisterAsync(Facts(image), cancellationToken);
        }

        foreach (var (name, user, device) in placeholders ? Known.Where(known => built.All(image => image.Manifest.Name != known.Name)) : [])
        {
            await catalog.RegisterAsync(Placeholder(name, user, device), cancellationToken);
        }
    }

    private static ImageFacts Facts(Host.Images.Image image) => new()
    {
        Name = image.Manifest.Name,
        Digest = image.Digest,
        Description = image.Manifest.Description,
        Architecture = image.Manifest.Architecture,
        BootMode = image.Manifest.Boot.Mode switch { ImageBootMode.Bios => "legacy-bios", ImageBootMode.Uefi => "uefi", _ => null },
        RootDeviceName = image.Manifest.RootDeviceName,
        RootDiskBytes = image.Manifest.Disk.VirtualSizeBytes,
        MinimumMemoryMiB = image.Manifest.MinimumMemoryMiB,
        DefaultUser = image.Manifest.DefaultUser,
        BuiltAt = image.Manifest.BuiltAt,
    };

    private static ImageFacts Placeholder(string name, string user, string device) => new()
    {
        Name = name,
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"placeholder {name}"))),
        Description = "known by name only: hosts in memory boot nothing",
        Architecture = "x86_64",
        RootDeviceName = device,
        RootDiskBytes = 1L << 30,
        DefaultUser = user,
        BuiltAt = DateTimeOffset.UnixEpoch,
    };
}
