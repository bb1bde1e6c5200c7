using Nines.Host.Files;

namespace Nines.Host.Tests.Files;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("durable").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_is_replaced_whole_and_is_its_owners_only()
    {
        var path = Path.Combine(_folder, "state.json");
        await File.WriteAllTextAsync(path + ".next", "left by a crash, and longer than what comes", TestContext.Current.CancellationToken);

        await DurableFile.WriteAsync(path, "one"u8.ToArray(), TestContext.Current.CancellationToken);
        await DurableFile.WriteAsync(path, "two"u8.ToArray(), TestContext.Current.CancellationToken);

        (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ShouldBe("two");
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_written_out() =>
        Should.Throw<IOException>(() => DurableFile.SyncDirectory(Path.Combine(_folder, "none")));
}
