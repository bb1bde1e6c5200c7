using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Disks;

/// <summary>A cloud whose volumes lie on one disk and their second copies on another, either of which can break.</summary>
internal sealed class TwoDisks : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RealCloud Cloud { get; } = new();

    public LoopDisk First { get; private set; } = null!;

    public LoopDisk Second { get; private set; } = null!;

    public async Task StartAsync()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001);
        Second = await LoopDisk.MountAsync(Path.Combine(_folder.Path, "second"));
        First = await LoopDisk.MountAsync(Path.Combine(Cloud.Paths.Host, "volumes"));
        Cloud.Mirror = Path.Combine(_folder.Path, "second");
        await Cloud.InitializeAsync();
    }

    /// <summary>Where second copies lie: in a folder of the cloud's own on the second disk.</summary>
    public string SecondFolder => Directory.GetDirectories(Cloud.Mirror!, "nines-*").ShouldHaveSingleItem();

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Cloud.DisposeAsync();
        await Second.DisposeAsync();
        _folder.Dispose();
    }
}
