using Microsoft.Extensions.Time.Testing;
using Nines.Host.Metadata;

namespace Nines.Host.Tests.Metadata;

public sealed class MetadataTokensTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("nines-tokens-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_token_is_accepted_from_its_machine_until_it_expires()
    {
        var tokens = new MetadataTokens(new byte[32], _time);
        var token = tokens.Issue("i-1", 60);
        token.Length.ShouldBe(56);
        tokens.Accepts("i-1", token).ShouldBeTrue();
        tokens.Accepts("i-2", token).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(59));
        tokens.Accepts("i-1", token).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        tokens.Accepts("i-1", token).ShouldBeFalse();
    }

    [Fact]
    public void A_token_with_any_character_changed_is_refused()
    {
        var tokens = new MetadataTokens(new byte[32], _time);
        var token = tokens.Issue("i-1", 60);

        // The last character before the padding carries four bits only; the others of the same four bits mean the same token.
        for (var index = 0; index < token.Length - 3; index++)
        {
            var changed = token.ToCharArray();
            changed[index] = changed[index] == 'A' ? 'B' : 'A';
            tokens.Accepts("i-1", new string(changed)).ShouldBeFalse($"character {index}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAA=")]
    [InlineData("!!!!")]
    public void What_is_no_token_is_refused(string token) => new MetadataTokens(new byte[32], _time).Accepts("i-1", token).ShouldBeFalse();

    [Fact]
    public void The_key_is_made_once_for_the_owner_only_and_a_damaged_one_is_replaced()
    {
        var path = Path.Combine(_folder, "state", "key");
        var key = MetadataTokens.LoadKey(path);
        key.ShouldNotBe(new byte[32]);
        MetadataTokens.LoadKey(path).ShouldBe(key);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, [1, 2, 3]);
        MetadataTokens.LoadKey(path).Length.ShouldBe(32);
    }
}
