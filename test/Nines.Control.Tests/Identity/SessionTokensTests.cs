using System.Security.Cryptography;
using Nines.Control.Identity;
using Nines.Control.Secrets;

namespace Nines.Control.Tests.Identity;

public sealed class SessionTokensTests : IDisposable
{
    private static readonly DateTimeOffset s_end = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly SecretBox _box;
    private readonly SessionTokens _sessions;

    public SessionTokensTests()
    {
        _box = new SecretBox(RandomNumberGenerator.GetBytes(32), _random);
        _sessions = new SessionTokens(_box, new AccessKeyGenerator(_random));
    }

    public void Dispose()
    {
        _box.Dispose();
        _random.Dispose();
    }

    [Fact]
    public void A_token_is_the_whole_session()
    {
        var issued = _sessions.Issue("123456789012", "arn:aws:iam::123456789012:root", "123456789012", isRoot: true, s_end);

        issued.AccessKeyId.ShouldMatch("^ASIA[A-Z2-7]{16}$");
        _sessions.TryOpen(issued.SessionToken!, out var session).ShouldBeTrue();
        session!.AccessKeyId.ShouldBe(issued.AccessKeyId);
        session.SecretAccessKey.ShouldBe(issued.SecretAccessKey);
        session.AccountId.ShouldBe("123456789012");
        session.IsRoot.ShouldBeTrue();
        session.ExpiresAt.ShouldBe(s_end);
    }

    [Fact]
    public void Two_sessions_have_nothing_in_common()
    {
        var one = Issue();
        var other = Issue();

        one.AccessKeyId.ShouldNotBe(other.AccessKeyId);
        one.SecretAccessKey.ShouldNotBe(other.SecretAccessKey);
        one.SessionToken.ShouldNotBe(other.SessionToken);
    }

    [Fact]
    public void A_token_that_was_changed_anywhere_is_refused()
    {
        var token = Convert.FromBase64String(Issue().SessionToken!);
        for (var index = 0; index < token.Length; index++)
        {
            var changed = token.ToArray();
            changed[index] ^= 1;
            _sessions.TryOpen(Convert.ToBase64String(changed), out _).ShouldBeFalse($"byte {index}");
        }
    }

    [Fact]
    public void A_token_of_another_master_key_or_purpose_is_refused()
    {
        using var other = new SecretBox(RandomNumberGenerator.GetBytes(32), _random);

        new SessionTokens(other, new AccessKeyGenerator(_random)).TryOpen(Issue().SessionToken!, out _).ShouldBeFalse();
        _sessions.TryOpen(Convert.ToBase64String(_box.Seal("{}"u8, "something else")), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("not base 64!")]
    [InlineData("AQ==")]
    public void Nonsense_is_refused(string token) => _sessions.TryOpen(token, out _).ShouldBeFalse();

    [Fact]
    public void A_huge_token_is_refused_unread() => _sessions.TryOpen(new string('A', 1_000_000), out _).ShouldBeFalse();

    private Wire.Signing.Credentials Issue() =>
        _sessions.Issue("123456789012", "arn:aws:iam::123456789012:root", "123456789012", isRoot: true, s_end);
}
