using Nines.Wire.Signing;

namespace Nines.Wire.Tests.Signing;

public sealed class SigningKeyCacheTests
{
    private static readonly CredentialScope s_scope = new("20150830", "us-east-1", "iam");

    [Fact]
    public void A_key_is_derived_once()
    {
        var cache = new SigningKeyCache();

        cache.Get("AKID", "secret", s_scope).ShouldBeSameAs(cache.Get("AKID", "secret", s_scope));
        cache.Get("AKID", "secret", s_scope).ShouldBe(SigningKey.Derive("secret", s_scope));
    }

    [Fact]
    public void A_new_secret_ends_the_old_key()
    {
        var cache = new SigningKeyCache();
        cache.Get("AKID", "old", s_scope);

        cache.Get("AKID", "new", s_scope).ShouldBe(SigningKey.Derive("new", s_scope));
    }

    [Fact]
    public void Memory_stays_bounded()
    {
        var cache = new SigningKeyCache(capacity: 2);
        var first = cache.Get("AKID0", "secret", s_scope);
        for (var index = 1; index < 10; index++)
        {
            cache.Get($"AKID{index}", "secret", s_scope);
        }

        cache.Get("AKID0", "secret", s_scope).ShouldNotBeSameAs(first);
    }
}
