using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Files;

namespace Nines.Host.Tests.Files;

public sealed class DesiredStateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("desired").FullName;

    private DesiredStateFile StateFile => new(new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = "/x" });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_accepted_is_found_again()
    {
        StateFile.Load().Generation.ShouldBe(0);

        await StateFile.SaveAsync(Specs.State(7, Specs.Vm()), Cancellation);

        var loaded = StateFile.Load();
        loaded.Generation.ShouldBe(7);
        loaded.Vms.Keys.ShouldBe([Specs.Vm().Id]);
    }

    [Fact]
    public async Task No_secret_is_written()
    {
        var key = new DiskKey("vol-1") { Secret = "open sesame" };
        var failed = new DiskKey("vol-2") { Failure = "The key is disabled." };
        var state = Specs.State(7) with
        {
            Volumes = ImmutableDictionary<string, VolumeSpec>.Empty.Add("vol-1", new() { Id = "vol-1", SizeGiB = 1, Key = key, SourceKey = key }),
            Snapshots = ImmutableDictionary<string, SnapshotSpec>.Empty.Add("snap-1", new("snap-1", "vol-1") { CopyOf = "snap-2", Key = key, SourceKey = failed }),
        };

        await StateFile.SaveAsync(state, Cancellation);

        (await File.ReadAllTextAsync(Path.Combine(_folder, "desired.json"), Cancellation)).ShouldNotContain("sesame");
        var loaded = StateFile.Load();
        (loaded.Volumes["vol-1"].Key, loaded.Volumes["vol-1"].SourceKey).ShouldBe((new DiskKey("vol-1"), new DiskKey("vol-1")), "that there is one is");
        (loaded.Snapshots["snap-1"].Key, loaded.Snapshots["snap-1"].SourceKey).ShouldBe((new DiskKey("vol-1"), new DiskKey("vol-2")));
        state.ToString().ShouldNotContain("sesame");
        key.ToString().ShouldBe("vol-1");
    }

    [Fact]
    public async Task A_truncated_file_is_put_aside_and_nothing_is_desired()
    {
        await StateFile.SaveAsync(Specs.State(7, Specs.Vm()), Cancellation);
        var path = Path.Combine(_folder, "desired.json");
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)], Cancellation);

        StateFile.Load().Generation.ShouldBe(0);

        File.Exists(path + ".damaged").ShouldBeTrue();
    }

    [Fact]
    public async Task Every_start_is_counted()
    {
        (await StateFile.CountStartAsync(Cancellation)).ShouldBe(1);
        (await StateFile.CountStartAsync(Cancellation)).ShouldBe(2);
    }
}
