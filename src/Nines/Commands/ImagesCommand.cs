using System.CommandLine;
using Nines.Client;
using Nines.Composition;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Images;
using Nines.Terminal;
using Spectre.Console;

namespace Nines.Commands;

/// <summary><c>nines images list|build|import|export</c></summary>
internal static class ImagesCommand
{
    public static Command Create() => new("images", "Guest images of this machine.") { List(), Build(), Import(), Export() };

    private static Command List()
    {
        var command = new Command("list", "Show the images that are built or imported, and the recipes that can be built.");
        command.SetAction(_ =>
        {
            var images = LocalImages.Default();
            var table = new Table().Border(TableBorder.None).AddColumns("NAME", "ID", "DISK", "BOOT", "USER", "DESCRIPTION");
            var built = images.Store.List();
            foreach (var image in built)
            {
                var manifest = image.Manifest;
                table.AddRow(
                    Markup.Escape(manifest.Name), image.AmiId, $"{manifest.Disk.VirtualSizeBytes / (1 << 20)} MiB",
                    manifest.Boot.Mode.ToString().ToLowerInvariant(), Markup.Escape(manifest.DefaultUser), Markup.Escape(manifest.Description));
            }

            foreach (var recipe in ImageRecipe.List(images.Recipes).Where(recipe => built.All(image => image.Manifest.Name != recipe.Name)))
            {
                table.AddRow(Markup.Escape(recipe.Name), "-", "-", "-", "-", $"not built; nines images build {recipe.Name}");
            }

            Output.Results.Write(table);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Build()
    {
        var name = new Argument<string>("NAME") { Description = "A recipe: tiny, debian-12." };
        var rebuild = new Option<bool>("--rebuild") { Description = "Build again even if nothing changed, for newer packages." };
        var command = new Command("build", "Build an image from its recipe; quick when it was built from the same recipe before.") { name, rebuild };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var images = LocalImages.Default();
            var recipe = images.FindRecipe(parsed.GetValue(name)!)
                ?? throw new UserException($"there is no recipe {parsed.GetValue(name)}; see: nines images list", ExitCode.Unavailable);
            var image = await images.BuildAsync(recipe, parsed.GetValue(rebuild), cancellationToken);
            await RegisterAsync(cancellationToken);
            Console.WriteLine(image.AmiId);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A disk that starts by BIOS or UEFI: raw, QCOW2, VMDK, VHD, VHDX or OVA." };
        var name = new Option<string?>("--name") { Description = "What to call it (default: the file's name).", HelpName = "NAME" };
        var user = new Option<string>("--user") { Description = "The user that its cloud-init gives the key to.", DefaultValueFactory = _ => "ec2-user", HelpName = "USER" };
        var boot = new Option<ImageBootMode?>("--boot") { Description = "How to start it (default: found out from its partition table).", HelpName = "bios|uefi" };
        boot.AcceptOnlyFromAmong("bios", "uefi");
        var platform = new Option<GuestPlatform>("--platform") { Description = "What is on it.", HelpName = "linux|windows" };
        platform.AcceptOnlyFromAmong("linux", "windows");
        var devices = new Option<DeviceModel?>("--devices")
        {
            Description = "What it drives: virtio, or the disks and adapters of machines of metal, AHCI, NVMe and e1000e (default: virtio, but emulated for Windows).",
            HelpName = "virtio|emulated",
        };
        devices.AcceptOnlyFromAmong("virtio", "emulated");
        var command = new Command("import", "Take in a cloud image, or a disk of another hypervisor's.") { file, name, user, boot, platform, devices };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var source = parsed.GetValue(file)!;
            var import = new ImageImport(parsed.GetValue(name) ?? NameOf(source), source.FullName)
            {
                BootMode = parsed.GetValue(boot),
                Platform = parsed.GetValue(platform),
                Devices = parsed.GetValue(devices),
                DefaultUser = parsed.GetValue(user)!,
            };
            var image = await LocalImages.Default().ImportAsync(import, cancellationToken);
            await RegisterAsync(cancellationToken);
            Console.WriteLine(image.AmiId);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Export()
    {
        var name = new Argument<string>("NAME") { Description = "An image, by its name or id; see: nines images list." };
        var file = new Argument<FileInfo>("FILE") { Description = "The file to make." };
        var formats = Enum.GetNames<DiskFormat>().Select(format => format.ToLowerInvariant()).ToArray();
        var format = new Option<DiskFormat?>("--format") { Description = "What to make of it (default: what the file's name ends with).", HelpName = string.Join('|', formats) };
        format.AcceptOnlyFromAmong(formats);
        var command = new Command("export", "Write an image into a file that another hypervisor starts: raw (Xen), QCOW2 (KVM), VMDK and OVA (VMware), VHD and VHDX (Hyper-V).") { name, file, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var images = LocalImages.Default();
            var path = parsed.GetValue(file)!.FullName;
            var image = images.Find(parsed.GetValue(name)!)
                ?? throw new UserException(
                    images.FindRecipe(parsed.GetValue(name)!) is { } recipe ? $"{recipe.Name} is not built yet; nines images build {recipe.Name}" : $"there is no image {parsed.GetValue(name)}; see: nines images list", ExitCode.Unavailable);
            var chosen = parsed.GetValue(format) ?? DiskFormats.OfName(path)
                ?? throw new UserException($"the name {Path.GetFileName(path)} does not say what to make; add --format {string.Join('|', formats)}", ExitCode.Usage);
            await images.ExportAsync(image, path, chosen, cancellationToken);
            Console.WriteLine(path);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Distributions name their files with capitals and underscores, which names of images have not.</summary>
    private static string NameOf(FileInfo file) => Path.GetFileNameWithoutExtension(file.Name).ToLowerInvariant().Replace('_', '-');

    /// <summary>A cloud that runs learns of a new image at once; the next one that starts finds it by itself.</summary>
    private static async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var state = CloudPaths.Resolve(null);
        if (Endpoint.FindRunning(state) is { } endpoint)
        {
            using var client = new CloudClient(endpoint, RootKeys.Read(state));
            await client.Admin.RefreshImagesAsync(cancellationToken);
        }
    }
}
