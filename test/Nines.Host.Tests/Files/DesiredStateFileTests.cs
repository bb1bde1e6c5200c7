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
