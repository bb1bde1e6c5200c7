using System.Security.Cryptography;
using Nines.Control.Secrets;
using Nines.Control.Services.Kms;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Kms;

public sealed class KmsCipherTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly SecretBox _box;
    private readonly KmsCipher _cipher;

    public KmsCipherTests()
    {
        _box = new SecretBox(RandomNumberGenerator.GetBytes(32), _random);
        _cipher = new KmsCipher(_box, _random);
    }

    [Fact]
    public void What_was_encrypted_opens_with_its_key_and_context_in_any_order()
    {
        var key = NewKey();
        var sealedText = _cipher.Encrypt(key, "secret"u8, new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });

        KmsCipher.KeyIdOf(sealedText).ShouldBe(key.Id);
        _cipher.Decrypt(key, sealedText, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }).ShouldBe("secret"u8.ToArray());
    }

    [Fact]
    public void Another_context_opens_nothing()
    {
        var key = NewKey();
        var sealedText = _cipher.Encrypt(key, "secret"u8, new Dictionary<string, string> { ["ab"] = "c" });

        Refuses(key, sealedText, null);
        Refuses(key, sealedText, new Dictionary<string, string> { ["a"] = "bc" });
        Refuses(key, sealedText, new Dictionary<string, string> { ["ab"] = "c", ["d"] = "" });
    }

    [Fact]
    public void A_changed_byte_anywhere_opens_nothing()
    {
        var key = NewKey();
        var sealedText = _cipher.Encrypt(key, "secret"u8, null);
        for (var index = 0; index < sealedText.Length; index++)
        {
            var changed = sealedText.ToArray();
            changed[index] ^= 1;
            Refuses(key, changed, null);
        }

        for (var length = 0; length < sealedText.Length; length++)
        {
            Refuses(key, sealedText[..length], null);
        }
    }

    [Fact]
    public void Another_key_opens_nothing() => Refuses(NewKey(), _cipher.Encrypt(NewKey(), "secret"u8, null), null);

    [Fact]
    public void A_rotated_key_opens_what_it_encrypted_before()
    {
        var key = NewKey();
        var before = _cipher.Encrypt(key, "secret"u8, null);
        var rotated = key.Rotated(_cipher.NewMaterial(key.Id, s_now));
        var after = _cipher.Encrypt(rotated, "secret"u8, null);

        _cipher.Decrypt(rotated, before, null).ShouldBe("secret"u8.ToArray());
        _cipher.Decrypt(rotated, after, null).ShouldBe("secret"u8.ToArray());
        Refuses(key, after, null);
    }

    [Fact]
    public void The_same_text_never_looks_the_same()
    {
        var key = NewKey();
        _cipher.Encrypt(key, "secret"u8, null).ShouldNotBe(_cipher.Encrypt(key, "secret"u8, null));
    }

    public void Dispose()
    {
        _box.Dispose();
        _random.Dispose();
    }

    private KmsKey NewKey()
    {
        var id = Guid.NewGuid().ToString();
        return new KmsKey { AccountId = "123456789012", Id = id, Materials = [_cipher.NewMaterial(id, s_now)] };
    }

    private void Refuses(KmsKey key, byte[] ciphertext, IReadOnlyDictionary<string, string>? context) =>
        Should.Throw<AwsException>(() => _cipher.Decrypt(key, ciphertext, context)).Code.ShouldBe("InvalidCiphertextException");
}
