using System.Security.Cryptography;
using Nines.Control.Secrets;

namespace Nines.Control.Tests.Secrets;

public sealed class SecretBoxTests
{
    [Fact]
    public void What_was_sealed_opens_for_its_purpose_only()
    {
        using var random = RandomNumberGenerator.Create();
        using var box = new SecretBox(new byte[32], random);
        var secret = box.Seal("secret"u8, "one");

        box.Open(secret, "one").ShouldBe("secret"u8.ToArray());
        Should.Throw<CryptographicException>(() => box.Open(secret, "other"));
        Should.Throw<CryptographicException>(() => box.Open(secret.AsSpan(1), "one"));
        Should.Throw<CryptographicException>(() => box.Open([], "one"));
    }

    [Fact]
    public void The_same_secret_never_looks_the_same()
    {
        using var random = RandomNumberGenerator.Create();
        using var box = new SecretBox(new byte[32], random);

        box.Seal("secret"u8, "one").ShouldNotBe(box.Seal("secret"u8, "one"));
    }

    [Fact]
    public void Many_at_once_seal_and_open_without_harm()
    {
        using var random = RandomNumberGenerator.Create();
        using var box = new SecretBox(new byte[32], random);
        var secret = new byte[4096];

        Parallel.For(0, 20_000, new() { MaxDegreeOfParallelism = 16 }, _ => box.Open(box.Seal(secret, "one"), "one").AsSpan().SequenceEqual(secret).ShouldBeTrue());
    }

    [Fact]
    public void The_master_key_is_made_once_and_its_owners_alone()
    {
        var folder = Directory.CreateTempSubdirectory("nines-secrets-").FullName;
        try
        {
            using var random = RandomNumberGenerator.Create();
            var key = MasterKeyFile.LoadOrCreate(folder, random);

            MasterKeyFile.LoadOrCreate(folder, random).ShouldBe(key);
            File.GetUnixFileMode(Path.Combine(folder, MasterKeyFile.Name)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

            File.WriteAllBytes(Path.Combine(folder, MasterKeyFile.Name), [1, 2, 3]);
            Should.Throw<InvalidDataException>(() => MasterKeyFile.LoadOrCreate(folder, random));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
