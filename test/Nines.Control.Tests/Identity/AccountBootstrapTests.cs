using System.Text;
using Nines.Control.Identity;
using Nines.Wire.Signing;

namespace Nines.Control.Tests.Identity;

public sealed class AccountBootstrapTests : IAsyncLifetime
{
    private IdentityFixture _identity = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _identity = await IdentityFixture.CreateAsync(Cancel);

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Fact]
    public async Task The_first_start_makes_an_account_and_root_keys_and_the_next_finds_them()
    {
        var first = await _identity.Bootstrap.EnsureAsync(new(), Cancel);
        var second = await _identity.Bootstrap.EnsureAsync(new(), Cancel);

        first.AccountId.ShouldBe("123456789012");
        first.Region.ShouldBe("us-east-1");
        first.Credentials.AccessKeyId.ShouldMatch("^AKIA[A-Z2-7]{16}$");
        first.Credentials.SecretAccessKey.ShouldMatch("^[A-Za-z0-9+/]{40}$");
        second.ShouldBe(first);
    }

    [Fact]
    public async Task Keys_that_are_passed_in_replace_the_old_ones()
    {
        var old = await _identity.Bootstrap.EnsureAsync(new(), Cancel);
        var given = await _identity.Bootstrap.EnsureAsync(new() { RootKeys = new("test", "test") }, Cancel);

        given.Credentials.ShouldBe(new Credentials("test", "test"));
        _identity.Keys.Find("test")!.Value.Secret.ShouldBe("test");
        _identity.Keys.Find(old.Credentials.AccessKeyId).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_id_with_another_secret_takes_the_new_secret()
    {
        await _identity.Bootstrap.EnsureAsync(new() { RootKeys = new("test", "first") }, Cancel);
        await _identity.Bootstrap.EnsureAsync(new() { RootKeys = new("test", "second") }, Cancel);

        _identity.Keys.Find("test")!.Value.Secret.ShouldBe("second");
    }

    [Fact]
    public async Task The_store_holds_no_secret_in_the_clear()
    {
        var root = await _identity.Bootstrap.EnsureAsync(new(), Cancel);

        var stored = _identity.Keys.Find(root.Credentials.AccessKeyId)!.Value.Key.SealedSecret;
        Encoding.Latin1.GetString(stored).ShouldNotContain(root.Credentials.SecretAccessKey);
    }

    [Fact]
    public async Task A_state_belongs_to_one_account()
    {
        await _identity.Bootstrap.EnsureAsync(new() { AccountId = "111122223333" }, Cancel);

        var refused = await Should.ThrowAsync<IdentityException>(() => _identity.Bootstrap.EnsureAsync(new() { AccountId = "444455556666" }, Cancel));
        refused.Message.ShouldContain("111122223333");
        (await _identity.Bootstrap.EnsureAsync(new(), Cancel)).AccountId.ShouldBe("111122223333");
    }

    [Fact]
    public async Task The_account_that_the_cloud_began_with_stays_the_operators_whatever_others_are_called()
    {
        var first = await _identity.Bootstrap.EnsureAsync(new(), Cancel);
        await _identity.Cloud.WriteAsync(
            transaction => transaction.Insert(Account.Table, new Account { AccountId = "000000000001", Name = "another", CreatedAt = DateTimeOffset.UnixEpoch }), Cancel);

        (await _identity.Bootstrap.EnsureAsync(new(), Cancel)).ShouldBe(first);
    }

    [Theory]
    [InlineData("12345678901", "us-east-1", "test", "test", "twelve digits")]
    [InlineData("12345678901x", "us-east-1", "test", "test", "twelve digits")]
    [InlineData("123456789012", "US", "test", "test", "no region")]
    [InlineData("123456789012", "", "test", "test", "no region")]
    [InlineData("123456789012", "us-east-1", "a\nb", "test", "access key id")]
    [InlineData("123456789012", "us-east-1", "a/b/c", "test", "access key id")]
    [InlineData("123456789012", "us-east-1", "ASIAIOSFODNN7EXAMPLE", "test", "temporary")]
    [InlineData("123456789012", "us-east-1", "test", "se cret", "secret access key")]
    [InlineData("123456789012", "us-east-1", "test", "", "secret access key")]
    public async Task What_makes_no_sense_is_refused(string account, string region, string key, string secret, string message)
    {
        var options = new IdentityOptions { AccountId = account, Region = region, RootKeys = new(key, secret) };

        (await Should.ThrowAsync<IdentityException>(() => _identity.Bootstrap.EnsureAsync(options, Cancel))).Message.ShouldContain(message);
    }

    [Fact]
    public async Task The_credentials_file_is_its_owners_alone_and_reads_back()
    {
        var folder = Directory.CreateTempSubdirectory("nines-identity-").FullName;
        try
        {
            // A file of a former start with a wide mode must not lend its mode to the new one.
            var path = Path.Combine(folder, CredentialsFile.Name);
            await File.WriteAllTextAsync(path, "old", Cancel);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead | UnixFileMode.GroupRead);

            var root = await _identity.Bootstrap.EnsureAsync(new() { StateDirectory = folder, RootKeys = new("test", "a=b+/=") }, Cancel);

            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            CredentialsFile.Read(folder).ShouldBe(root);
            Directory.GetFiles(folder).ShouldBe([path]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void No_credentials_file_is_no_credentials() => CredentialsFile.Read("/nonexistent").ShouldBeNull();
}
