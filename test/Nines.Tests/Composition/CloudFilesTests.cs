using Nines.Composition;

namespace Nines.Tests.Composition;

/// <summary>A directory that somebody named by mistake keeps what is in it.</summary>
public sealed class CloudFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nines-");

    private CloudPaths State => new(_folder.FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_directory_without_a_cloud_is_not_purged()
    {
        Add("letters/first", "host/disk", "lock", "credentials");

        var refusal = await Should.ThrowAsync<UserException>(() => CloudPurge.RunAsync(State, Cancellation));

        refusal.ExitCode.ShouldBe(ExitCode.Unavailable);
        refusal.Message.ShouldContain(State.Path);
        Names().ShouldBe(["credentials", "host", "letters", "lock"]);
        File.Exists(Path.Combine(State.Path, "host", "disk")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_purge_leaves_what_no_cloud_made_and_tells_it()
    {
        Add("kind.json", "store.db", "store.db-wal", "store.db.made", "master.key", "credentials", "nines.log", "nines.log.1", "ssh/nines");
        Add("letters/first", "store.db.backup", "notes");

        (await CloudPurge.RunAsync(State, Cancellation)).ShouldBe(["letters", "notes", "store.db.backup"]);

        Names().ShouldBe(["letters", "notes", "store.db.backup"]);
        File.Exists(Path.Combine(State.Path, "letters", "first")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_purge_of_a_cloud_alone_removes_its_directory()
    {
        Add("kind.json", "kind.json.new", "store.db", "mirror", "endpoint.json", "ssh/known_hosts", "buckets/123456789012/disks/a.vmdk");

        (await CloudPurge.RunAsync(State, Cancellation)).ShouldBeEmpty();

        Directory.Exists(State.Path).ShouldBeFalse();
    }

    [Fact]
    public void A_cloud_is_not_begun_among_files_of_others()
    {
        Add("letters/first");
        var mode = File.GetUnixFileMode(State.Path);

        var refusal = Should.Throw<UserException>(() => CloudPathsOwner.Claim(State));

        refusal.ExitCode.ShouldBe(ExitCode.Usage);
        refusal.Message.ShouldContain("letters");
        File.GetUnixFileMode(State.Path).ShouldBe(mode);
    }

    [Theory]
    [InlineData]
    [InlineData("nines.log")]
    [InlineData("lost+found/")]
    [InlineData("store.db", "letters/first")]
    public void A_cloud_is_begun_in_an_empty_directory_and_goes_on_where_it_is(params string[] names)
    {
        Add(names);

        Should.NotThrow(() => CloudPathsOwner.Claim(State));
    }

    public void Dispose()
    {
        if (_folder.Exists)
        {
            _folder.Delete(recursive: true);
        }
    }

    private void Add(params string[] names)
    {
        foreach (var path in names.Select(name => Path.Combine(State.Path, name)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!path.EndsWith('/'))
            {
                File.WriteAllText(path, "something");
            }
        }
    }

    private string[] Names() => [.. new DirectoryInfo(State.Path).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];
}
