using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class SavedMemoryCipherTests
{
    private const int Piece = 1 << 20;
    private const int Head = 15 + 32;
    private const int Tag = 16;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData(3 * Piece)]
    public async Task What_was_encrypted_comes_back(int length)
    {
        var plain = Random(length);
        var file = await EncryptAsync(plain, "secret");
        file.Length.ShouldBe(Head + length + (((length / Piece) + 1) * Tag));
        (await DecryptAsync(file, "secret")).ShouldBe(plain);
    }

    [Fact]
    public async Task Nothing_of_it_can_be_read()
    {
        var plain = new byte[2 * Piece];
        "in the guest's memory"u8.CopyTo(plain);

        var (file, other) = (await EncryptAsync(plain, "secret"), await EncryptAsync(plain, "secret"));

        file.AsSpan().IndexOf("memory\0"u8).ShouldBe(-1);
        file.AsSpan(Head, Piece).SequenceEqual(other.AsSpan(Head, Piece)).ShouldBeFalse("each file has a key of its own");
        file.AsSpan(Head + 64, 64).SequenceEqual(file.AsSpan(Head + Piece + Tag + 64, 64)).ShouldBeFalse("equal pieces do not look equal");
    }

    [Fact]
    public async Task Another_secret_opens_nothing() => await ShouldBeRefusedAsync(await EncryptAsync(Random(100), "secret"), "other");

    [Fact]
    public async Task What_was_not_encrypted_is_refused() => await ShouldBeRefusedAsync(Random(Piece), "secret");

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(Head)]
    [InlineData(Head + Piece + Tag)]
    [InlineData(Head + Piece + Tag + 7 + Tag - 1)]
    public async Task A_changed_byte_is_noticed(int at)
    {
        var file = await EncryptAsync(Random(Piece + 7), "secret");
        file[at] ^= 1;
        await ShouldBeRefusedAsync(file, "secret");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Head)]
    [InlineData(Head + 5)]
    [InlineData(Head + 100)]
    [InlineData(Head + Piece + Tag)]
    [InlineData(Head + Piece + Tag + Piece)]
    [InlineData(Head + Piece + Tag + Piece + Tag)]
    public async Task A_file_cut_short_is_noticed(int length) =>
        await ShouldBeRefusedAsync((await EncryptAsync(Random(2 * Piece), "secret"))[..length], "secret");

    [Fact]
    public async Task Pieces_cannot_change_places()
    {
        var file = await EncryptAsync(Random(3 * Piece), "secret");
        var first = file.AsSpan(Head, Piece + Tag);
        var second = file.AsSpan(Head + Piece + Tag, Piece + Tag);
        var kept = first.ToArray();
        second.CopyTo(first);
        kept.CopyTo(second);
        await ShouldBeRefusedAsync(file, "secret");
    }

    [Fact]
    public void A_machine_is_kept_as_secret_as_its_disks()
    {
        SavedMemoryCipher.Of([null]).ShouldBeNull();
        SavedMemoryCipher.Of([null, new("k") { Secret = "s" }]).ShouldNotBeNull();
        Should.Throw<IOException>(() => SavedMemoryCipher.Of([new("k-1")])).Message.ShouldContain("k-1");
        Should.Throw<VmStartException>(() => SavedMemoryCipher.Of([new("k-1") { Failure = "The key is off." }])).Message.ShouldBe("The key is off.");
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> EncryptAsync(byte[] plain, string secret)
    {
        using var file = new MemoryStream();
        await new SavedMemoryCipher(secret).EncryptAsync(new MemoryStream(plain), file, Cancellation);
        return file.ToArray();
    }

    private static async Task<byte[]> DecryptAsync(byte[] file, string secret)
    {
        using var plain = new MemoryStream();
        await new SavedMemoryCipher(secret).DecryptAsync(new MemoryStream(file), plain, Cancellation);
        return plain.ToArray();
    }

    private static async Task ShouldBeRefusedAsync(byte[] file, string secret) =>
        await Should.ThrowAsync<InvalidDataException>(() => DecryptAsync(file, secret));
}
