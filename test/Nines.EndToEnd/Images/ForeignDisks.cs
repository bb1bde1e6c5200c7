using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.Images;

namespace Nines.EndToEnd.Images;

/// <summary>Disks as other people's cloud images are, and a cloud to bring them to.</summary>
public class ForeignDisks : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoEnvironment = [];
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _kind;

    public ForeignDisks() => _kind = [];

    /// <param name="kind">What else is said to the program that makes them.</param>
    protected ForeignDisks(string kind) => _kind = [kind];

    internal RealCloud Cloud { get; } = RealCloud.WithoutImages();

    /// <summary>A raw disk with a boot sector.</summary>
    internal string BiosRaw => PathOf("bios.raw");

    /// <summary>A qcow2 disk with a boot sector.</summary>
    internal string BiosQcow2 => PathOf("bios.qcow2");

    /// <summary>A raw disk with an EFI system partition.</summary>
    internal string UefiRaw => PathOf("uefi.raw");

    /// <summary>Where a file of that name may be made.</summary>
    internal string PathOf(string name) => Path.Combine(_folder.Path, name);

    public virtual async ValueTask InitializeAsync()
    {
        await Cloud.InitializeAsync();
        (await new NinesCli(Cloud.StatePath).BuildImageAsync("tiny")).ShouldSucceed();
        var tiny = LocalImages.Default().Store.FindByName("tiny")!;
        var program = Path.Combine(SourceFolder.Root, "test", "Nines.EndToEnd", "Images", "make-disks.py");
        (await ClientProcess.RunAsync("/usr/bin/python3", [program, tiny.Directory, _folder.Path, .. _kind], NoEnvironment, patience: TimeSpan.FromMinutes(10))).ShouldSucceed();
        (await ClientProcess.RunAsync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", BiosRaw, BiosQcow2], NoEnvironment)).ShouldSucceed();
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
