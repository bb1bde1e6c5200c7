using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Nines.Control.Services.Ec2.Firmware;

namespace Nines.Control.Tests.Services.Ec2.Firmware;

public sealed class UefiDataTests
{
    private const string Header =
        "00000000000000000000000000000000" + "8D2BF1FF96768B4CA9852747075B4F50" + "0040080000000000" + "5F465648FFFE0400" + "4800AFB800000002" + "84000000001000000000000000000000"
        + "782CF3AA7B949A43A1802E144EC37792" + "B8FF03005AFE000000000000";

    private static readonly byte[] s_global = Convert.FromHexString("61DFE48BCA93D211AA0D00E098032B8C");
    private static readonly byte[] s_certificates = Convert.FromHexString("6EE5BED9DC75D949B4D7B534210F637A");

    [Fact]
    public void What_was_replaced_does_not_count_and_what_is_being_replaced_does_until_then()
    {
        var flash = Flash(
            Variable("Lang", "old"u8, state: 0x3c), Variable("Lang", "eng"u8), Variable("Timeout", "x"u8, state: 0x3e), Variable("Lang", "older"u8, state: 0x3e), Variable("Boot0000", [1, 2]));

        var read = UefiVariableStore.Read(flash);

        read.Select(variable => (variable.Name, Encoding.UTF8.GetString(variable.Data))).ShouldBe([("Lang", "eng"), ("Boot0000", "\u0001\u0002"), ("Timeout", "x")]);
        read[0].Vendor.ShouldBe(s_global);
        read[0].Attributes.ShouldBe(7u);
    }

    [Fact]
    public void A_variable_that_is_signed_has_the_digest_of_its_signers()
    {
        byte[] digest = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];
        var name = Encoding.Unicode.GetBytes("Own");
        byte[] note = [.. s_global, .. Number((uint)(28 + name.Length + digest.Length)), .. Number(3), .. Number(32), .. name, .. digest];
        var flash = Flash(Variable("certdb", [.. Number((uint)(4 + note.Length)), .. note], vendor: s_certificates), Variable("Own", [9], attributes: 0x27));

        var own = UefiVariableStore.Read(flash).ShouldHaveSingleItem();

        own.Digest.ShouldBe(digest);
        var text = UefiData.Write([own]);
        var raw = Unpack(text);
        raw[^40..].ShouldBe([32, 0, 0, 0, 0, 0, 0, 0, .. digest], "a signed variable ends with its digest");
        raw[..8].ShouldBe([1, 0, 0, 0, 0, 0, 0, 0]);
        Encoding.UTF8.GetString(raw.AsSpan(16, 3)).ShouldBe("Own");
    }

    [Fact]
    public void The_check_sum_is_of_the_version_and_what_is_compressed()
    {
        var whole = Convert.FromBase64String(UefiData.Write([]));

        Encoding.ASCII.GetString(whole, 0, 8).ShouldBe("AMZNUEFI");
        BinaryPrimitives.ReadUInt32LittleEndian(whole.AsSpan(8)).ShouldBe(Crc32C(whole.AsSpan(12)));
        whole[12..16].ShouldBe([0, 0, 0, 0]);
    }

    [Fact]
    public void What_is_no_memory_of_firmware_is_refused_and_never_read_beyond()
    {
        var flash = Flash(Variable("Lang", "eng"u8));
        Should.Throw<InvalidDataException>(() => UefiVariableStore.Read([]));
        Should.Throw<InvalidDataException>(() => UefiVariableStore.Read(new byte[1000]));
        for (var length = 0; length < flash.Length; length++)
        {
            try
            {
                UefiVariableStore.Read(flash.AsSpan(0, length)).Count.ShouldBeLessThanOrEqualTo(1);
            }
            catch (InvalidDataException)
            {
                // Said, and not a fault.
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_again_in_both_forms()
    {
        UefiVariable[] variables =
        [
            new("Boot0000", s_global, UefiVariable.Lasting, new byte[16], [1, 2, 3]),
            new("Own", s_global, UefiVariable.Lasting | UefiVariable.Authenticated, [.. Enumerable.Range(1, 16).Select(number => (byte)number)], []) { Digest = [.. Enumerable.Repeat((byte)7, 32)] },
            new("Späť", s_certificates, UefiVariable.Lasting, new byte[16], [9]),
        ];

        Same(UefiData.Read(UefiData.Write(variables)), variables);
        Same(UefiVariableStore.Read(Flash(UefiVariableStore.Write(variables))), variables);
        UefiVariableStore.Write([]).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_no_UEFI_data_is_refused_with_the_reason()
    {
        var good = Convert.FromBase64String(UefiData.Write([new("Own", s_global, UefiVariable.Lasting, new byte[16], [1, 2, 3])]));
        WhyNot("bm9uZQ==").ShouldContain("does not begin");
        WhyNot("not base64!").ShouldContain("base64");
        WhyNot(Convert.ToBase64String([.. good[..^1], (byte)(good[^1] ^ 1)])).ShouldContain("check sum");
        WhyNot(Summed(good, bytes => bytes[12] = 1)).ShouldContain("version is 1");
        WhyNot(Summed(good, bytes => bytes[17] |= 0x20)).ShouldContain("dictionary");
        WhyNot(Packed([1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 65])).ShouldContain("cut off");
        WhyNot(Packed([0, 0, 0, 0, 0, 0, 0, 0, 1])).ShouldContain("follows");
        WhyNot(Packed(Enumerable.Repeat((byte)0xff, 40).ToArray())).ShouldContain("cut off");
        WhyNot(Packed(new byte[2 << 20])).ShouldContain("larger");
        for (var length = 0; length < good.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => UefiData.Read(Convert.ToBase64String(good.AsSpan(0, length))));
        }
    }

    private static void Same(IReadOnlyList<UefiVariable> read, IReadOnlyList<UefiVariable> written) =>
        read.Select(one => (one.Name, one.Attributes, Hex(one.Vendor), Hex(one.Timestamp), Hex(one.Data), Hex(one.Digest)))
            .ShouldBe(written.Select(one => (one.Name, one.Attributes, Hex(one.Vendor), Hex(one.Timestamp), Hex(one.Data), Hex(one.Digest))));

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static string WhyNot(string text) => Should.Throw<InvalidDataException>(() => UefiData.Read(text)).Message;

    private static string Packed(byte[] content)
    {
        var body = new MemoryStream();
        using (var zlib = new ZLibStream(body, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(content);
        }

        return Summed([.. "AMZNUEFI"u8, .. new byte[8], .. body.ToArray()], _ => { });
    }

    private static string Summed(byte[] whole, Action<byte[]> change)
    {
        byte[] changed = [.. whole];
        change(changed);
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(8), Crc32C(changed.AsSpan(12)));
        return Convert.ToBase64String(changed);
    }

    /// <summary>Bit by bit (RFC 3720, B.4).</summary>
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ ((sum & 1) == 0 ? 0 : 0x82f63b78);
            }
        }

        return ~sum;
    }

    private static byte[] Unpack(string text)
    {
        var whole = Convert.FromBase64String(text);
        using var zlib = new ZLibStream(new MemoryStream(whole[16..]), CompressionMode.Decompress);
        var raw = new MemoryStream();
        zlib.CopyTo(raw);
        return raw.ToArray();
    }

    private static byte[] Flash(params byte[][] variables) => [.. Convert.FromHexString(Header), .. variables.SelectMany(variable => variable), .. Enumerable.Repeat((byte)0xff, 200)];

    private static byte[] Variable(string name, ReadOnlySpan<byte> data, byte state = 0x3f, uint attributes = 7, byte[]? vendor = null)
    {
        var text = Encoding.Unicode.GetBytes(name + '\0');
        byte[] bytes =
        [
            0xaa, 0x55, state, 0, .. Number(attributes), .. new byte[8 + 16 + 4], .. Number((uint)text.Length), .. Number((uint)data.Length), .. vendor ?? s_global, .. text, .. data,
        ];
        return [.. bytes, .. new byte[(4 - bytes.Length % 4) % 4]];
    }

    private static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }
}
