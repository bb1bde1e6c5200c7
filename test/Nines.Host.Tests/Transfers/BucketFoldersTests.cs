using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Transfers;

public sealed class BucketFoldersTests : IDisposable
{
    private const string Account = "123456789012";
    private readonly string _folder = Directory.CreateTempSubdirectory("buckets-").FullName;
    private readonly BucketFolders _buckets;

    public BucketFoldersTests()
    {
        _buckets = new BucketFolders(_folder);
        Directory.CreateDirectory(PathOf("disks/a"));
        File.WriteAllText(PathOf("disks/a/b.raw"), "hello");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_found_by_its_key() =>
        _buckets.Find(Account, "disks", "a/b.raw").ShouldBe(new BucketFile(BucketFileState.Found, PathOf("disks/a/b.raw"), 5));

    [Theory]
    [InlineData("disks", "a/c.raw", BucketFileState.NoKey)]
    [InlineData("disks", "c/b.raw", BucketFileState.NoKey)]
    [InlineData("others", "a/b.raw", BucketFileState.NoBucket)]
    [InlineData("..", "a/b.raw", BucketFileState.NoBucket)]
    [InlineData("disks/a", "b.raw", BucketFileState.NoBucket)]
    [InlineData("disks", "a", BucketFileState.Refused)]
    [InlineData("disks", "", BucketFileState.Refused)]
    [InlineData("disks", "/etc/hostname", BucketFileState.Refused)]
    [InlineData("disks", "../disks/a/b.raw", BucketFileState.Refused)]
    [InlineData("disks", "a/./b.raw", BucketFileState.Refused)]
    [InlineData("disks", "a//b.raw", BucketFileState.Refused)]
    [InlineData("disks", "a/b.raw/", BucketFileState.Refused)]
    [InlineData("disks", "a/b.raw/c", BucketFileState.Refused)]
    public void A_key_names_a_file_of_its_bucket_and_nothing_else(string bucket, string key, BucketFileState expected) =>
        _buckets.Find(Account, bucket, key).State.ShouldBe(expected);

    [Fact]
    public void Links_are_not_followed_wherever_they_lead()
    {
        File.CreateSymbolicLink(PathOf("disks/out"), "/etc/hostname");
        File.CreateSymbolicLink(PathOf("disks/in"), PathOf("disks/a/b.raw"));
        Directory.CreateSymbolicLink(PathOf("disks/etc"), "/etc");
        Directory.CreateSymbolicLink(PathOf("linked"), PathOf("disks"));
        foreach (var key in new[] { "out", "in", "etc/hostname" })
        {
            _buckets.Find(Account, "disks", key).State.ShouldBe(BucketFileState.Refused, key);
        }

        _buckets.Find(Account, "linked", "a/b.raw").State.ShouldBe(BucketFileState.NoBucket);
        _buckets.Prepare(Account, "disks", "etc/nines-test/x").ShouldBeNull();
        Directory.Exists("/etc/nines-test").ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_no_regular_file_is_refused_without_being_opened()
    {
        var commands = new HostCommands(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<HostCommands>.Instance);
        await commands.RunAsync(new HostCommand("mkfifo", PathOf("disks/pipe")), TestContext.Current.CancellationToken);
        _buckets.Find(Account, "disks", "pipe").State.ShouldBe(BucketFileState.Refused);
    }

    [Fact]
    public void Accounts_have_folders_of_their_own()
    {
        _buckets.Has(Account, "disks").ShouldBeTrue();
        _buckets.Has("210987654321", "disks").ShouldBeFalse();
        _buckets.Has($"210987654321/../{Account}", "disks").ShouldBeFalse();
        new BucketFolders(Path.Combine(_folder, "none")).Has(Account, "disks").ShouldBeFalse();
    }

    [Fact]
    public void A_file_to_be_made_gets_its_folders()
    {
        _buckets.Prepare(Account, "disks", "vms/of/mine.vmdk").ShouldBe(PathOf("disks/vms/of/mine.vmdk"));
        Directory.Exists(PathOf("disks/vms/of")).ShouldBeTrue();
        _buckets.Prepare(Account, "disks", "a/b.raw/c").ShouldBeNull();
        _buckets.Prepare(Account, "disks", "../x").ShouldBeNull();
    }

    private string PathOf(string name) => Path.Combine(_folder, Account, name);
}
