using System.Buffers.Binary;
using System.Text;
using Nines.Host.Api;
using Nines.Host.Images;

namespace Nines.Host.Tests.Images;

public sealed class ForeignDiskTests
{
    [Fact]
    public void A_VMDK_with_its_content_in_it_is_taken() => Parse(Vmdk(sectors: 2048)).ShouldBe(new ForeignDisk(DiskFormat.Vmdk, 1 << 20));

    [Fact]
    public void A_VMDK_that_would_be_read_as_a_description_is_refused() => Refused(Vmdk(sectors: 0), "other files");

    [Fact]
    public void A_VMDK_with_a_parent_is_refused() => Refused(Vmdk(sectors: 2048, "parentFileNameHint=\"/etc/shadow\""), "parent");

    [Fact]
    public void A_description_of_a_VMDK_is_refused() =>
        Refused(Encoding.ASCII.GetBytes("# Disk DescriptorFile\nversion=1\nRW 8 FLAT \"/etc/shadow\" 0\n"), "only the description");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_VHD_tells_its_size(int type) => Parse(Vhd(type)).ShouldBe(new ForeignDisk(DiskFormat.Vhd, 1 << 20));

    [Fact]
    public void A_VHD_with_a_parent_is_refused() => Refused(Vhd(4), "parent");

    [Fact]
    public void A_VHD_of_no_type_is_refused() => Refused(Vhd(9), "type 9");

    [Fact]
    public void A_VHDX_is_known_by_its_start() => Parse([.. "vhdxfile"u8, .. new byte[1000]]).ShouldBe(new ForeignDisk(DiskFormat.Vhdx, null));

    [Fact]
    public void Sectors_of_anything_else_are_a_raw_disk() => Parse(new byte[1024]).ShouldBe(new ForeignDisk(DiskFormat.Raw, 1024));

    [Fact]
    public void Nothing_cut_short_is_more_than_an_error()
    {
        foreach (var whole in new[] { Vmdk(2048), Vhd(3), [.. "vhdxfile"u8] })
        {
            for (var length = 0; length < Math.Min(whole.Length, 600); length++)
            {
                try
                {
                    Parse(whole[..length]).Format.ShouldBeOneOf(DiskFormat.Raw, DiskFormat.Vmdk, DiskFormat.Vhd, DiskFormat.Vhdx);
                }
                catch (ImageException)
                {
                    // That is the error.
                }
            }
        }
    }

    private static void Refused(byte[] file, string said) => Should.Throw<ImageException>(() => Parse(file)).Message.ShouldContain(said);

    private static ForeignDisk Parse(byte[] file)
    {
        var end = new byte[512];
        if (file.Length >= end.Length)
        {
            file[^end.Length..].CopyTo(end, 0);
        }

        return ForeignDisk.Parse(file, end, file.Length);
    }

    private static byte[] Vmdk(long sectors, string description = "")
    {
        var file = new byte[4096];
        "KDMV"u8.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(12), sectors);
        Encoding.ASCII.GetBytes(description, file.AsSpan(512));
        return file;
    }

    private static byte[] Vhd(int type)
    {
        var file = new byte[2048];
        var footer = file.AsSpan(file.Length - 512);
        "conectix"u8.CopyTo(footer);
        BinaryPrimitives.WriteInt64BigEndian(footer[48..], 1 << 20);
        BinaryPrimitives.WriteInt32BigEndian(footer[60..], type);
        return file;
    }
}
