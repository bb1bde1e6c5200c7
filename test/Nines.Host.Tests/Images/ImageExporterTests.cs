using System.Formats.Tar;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Images;

public sealed class ImageExporterTests : IDisposable
{
    private readonly ImageTestBed _bed = new();

    public static TheoryData<DiskFormat> Formats => new(Enum.GetValues<DiskFormat>());

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_is_exported_is_imported_again_byte_for_byte(DiskFormat format)
    {
        var image = await ImportAsync("disk", Disk());
        var path = _bed.PathOf("exported");

        await ExportAsync(image, path, format);
        var again = await ImportAsync("again", path);

        again.Manifest.Boot.Mode.ShouldBe(ImageBootMode.Bios);
        again.Manifest.Disk.VirtualSizeBytes.ShouldBe(image.Manifest.Disk.VirtualSizeBytes);
        (await RawAsync(again)).ShouldBe(await RawAsync(image));
        Directory.GetFiles(_bed.Root).Where(file => file.Contains(".part", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_image_with_its_kernel_beside_its_disk_is_refused()
    {
        var image = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("small"), rebuild: false, null, ImageTestBed.Cancellation);

        (await Should.ThrowAsync<ImageException>(ExportAsync(image, _bed.PathOf("small.vmdk"), DiskFormat.Vmdk))).Message.ShouldContain("kernel");
    }

    [Fact]
    public async Task A_file_that_is_there_is_left_as_it_is()
    {
        var image = await ImportAsync("disk", Disk());
        File.WriteAllText(_bed.PathOf("mine.vhd"), "mine");

        (await Should.ThrowAsync<ImageException>(ExportAsync(image, _bed.PathOf("mine.vhd"), DiskFormat.Vhd))).Message.ShouldContain("already");
        File.ReadAllText(_bed.PathOf("mine.vhd")).ShouldBe("mine");
    }

    [Fact]
    public async Task A_changed_archive_is_refused()
    {
        var image = await ImportAsync("disk", Disk());
        var path = _bed.PathOf("exported.ova");
        await ExportAsync(image, path, DiskFormat.Ova);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().LastIndexOf("KDMV"u8) + 4096] ^= 1;
        File.WriteAllBytes(path, bytes);

        (await Should.ThrowAsync<ImageException>(ImportAsync("again", path))).Message.ShouldContain("digest");
    }

    [Theory]
    [InlineData("<Envelope/>", "names no disk")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/shadow'>]><Envelope>&b;</Envelope>", "damaged")]
    [InlineData("<Envelope><References><File id='1' href='../secret'/></References><DiskSection><Disk fileRef='1'/></DiskSection></Envelope>", "has no ../secret")]
    [InlineData("<Envelope><References><File id='1' href='disk.vmdk' compression='gzip'/></References><DiskSection><Disk fileRef='1'/></DiskSection></Envelope>", "compressed")]
    [InlineData("no description", "damaged")]
    public async Task An_archive_that_describes_no_disk_of_its_own_is_refused(string description, string said)
    {
        var path = _bed.PathOf("made.ova");
        await using (var writer = new TarWriter(File.Create(path), TarEntryFormat.Ustar))
        {
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "made.ovf") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(description)) }, ImageTestBed.Cancellation);
        }

        (await Should.ThrowAsync<ImageException>(ImportAsync("made", path))).Message.ShouldContain(said);
    }

    public void Dispose() => _bed.Dispose();

    private string Disk()
    {
        var disk = Disks.Mbr(partitionType: 0x83);
        new Random(1).NextBytes(disk.AsSpan(1 << 16, 200_000));
        File.WriteAllBytes(_bed.PathOf("disk.raw"), disk);
        return _bed.PathOf("disk.raw");
    }

    private Task<Image> ImportAsync(string name, string path) => _bed.Importer.ImportAsync(new ImageImport(name, path), null, ImageTestBed.Cancellation);

    private Task ExportAsync(Image image, string path, DiskFormat format) =>
        new ImageExporter(_bed.Commands, NullLogger<ImageExporter>.Instance).ExportAsync(image, path, format, null, ImageTestBed.Cancellation);

    private async Task<byte[]> RawAsync(Image image)
    {
        var raw = _bed.PathOf("raw");
        await _bed.Commands.RunAsync(new HostCommand("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image.DiskPath, raw), ImageTestBed.Cancellation);
        return await File.ReadAllBytesAsync(raw);
    }
}
