using System.Buffers.Binary;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Images;

public sealed class ImageImporterTests : IDisposable
{
    private readonly ImageTestBed _bed = new();

    [Fact]
    public async Task A_raw_disk_with_a_boot_sector_becomes_a_BIOS_image()
    {
        var image = await ImportAsync(new ImageImport("disk", Raw(Disks.Mbr(partitionType: 0x83))) { DefaultUser = "ubuntu" });

        image.Manifest.Boot.Mode.ShouldBe(ImageBootMode.Bios);
        image.Manifest.DefaultUser.ShouldBe("ubuntu");
        image.Manifest.Disk.VirtualSizeBytes.ShouldBe(1 << 20);
        Qcow2Header.Parse(File.ReadAllBytes(image.DiskPath).AsSpan(0, Qcow2Header.Size))!.HasBackingFile.ShouldBeFalse();
        Directory.GetFiles(image.Directory).Select(Path.GetFileName).Order().ShouldBe(["disk.qcow2", "image.json"]);
    }

    [Fact]
    public async Task A_qcow2_disk_with_an_EFI_system_partition_becomes_a_UEFI_image()
    {
        var image = await ImportAsync(new ImageImport("disk", await Qcow2Async(Disks.Gpt(Disks.EfiSystem))));

        image.Manifest.Boot.Mode.ShouldBe(ImageBootMode.Uefi);
    }

    [Fact]
    public async Task A_disk_with_Windows_has_devices_that_it_drives_unless_it_has_drivers_of_virtio()
    {
        var path = Raw(Disks.Mbr(0x07));

        var windows = await ImportAsync(new ImageImport("one", path) { Platform = GuestPlatform.Windows });
        var able = await ImportAsync(new ImageImport("two", path) { Platform = GuestPlatform.Windows, Devices = DeviceModel.Virtio });
        var linux = await ImportAsync(new ImageImport("three", path));
        var other = await ImportAsync(new ImageImport("four", path) { Devices = DeviceModel.Emulated });

        Image[] all = [windows, able, linux, other];
        all.Select(image => (image.Manifest.Platform, image.Manifest.Devices)).ShouldBe(
            [(GuestPlatform.Windows, DeviceModel.Emulated), (GuestPlatform.Windows, DeviceModel.Virtio), (GuestPlatform.Linux, DeviceModel.Virtio), (GuestPlatform.Linux, DeviceModel.Emulated)]);
        all.Select(image => image.Digest).Distinct().Count().ShouldBe(4, "the same disk on another machine is another image");
        var kept = _bed.NewStore().FindByName("one")!.Manifest;
        (kept.Platform, kept.Devices).ShouldBe((GuestPlatform.Windows, DeviceModel.Emulated));
    }

    [Fact]
    public async Task A_disk_that_can_do_both_starts_by_BIOS_unless_told_otherwise()
    {
        var path = Raw(Disks.Gpt(Disks.EfiSystem, Disks.BiosBoot));

        (await ImportAsync(new ImageImport("one", path))).Manifest.Boot.Mode.ShouldBe(ImageBootMode.Bios);
        (await ImportAsync(new ImageImport("two", path) { BootMode = ImageBootMode.Uefi })).Manifest.Boot.Mode.ShouldBe(ImageBootMode.Uefi);
    }

    [Fact]
    public Task A_disk_that_nothing_can_start_is_refused() => RefusedAsync(new ImageImport("disk", Raw(new byte[1 << 20])), "boot sector");

    [Fact]
    public Task A_missing_file_is_refused() => RefusedAsync(new ImageImport("disk", _bed.PathOf("missing")), "does not exist");

    [Fact]
    public Task An_empty_file_is_refused() => RefusedAsync(new ImageImport("disk", Raw([])), "empty");

    [Fact]
    public Task A_text_file_is_refused() => RefusedAsync(new ImageImport("disk", Raw("hello"u8.ToArray())), "no disk that is known");

    [Fact]
    public Task A_disk_that_is_too_large_is_refused() =>
        RefusedAsync(new ImageImport("disk", Raw(Disks.Mbr(0x83))) { MaxVirtualSizeBytes = 1 << 19 }, "at most 524288");

    [Fact]
    public async Task A_disk_with_a_backing_file_is_refused_before_anything_opens_it()
    {
        var secret = Raw("secret"u8.ToArray(), "secret");
        var path = _bed.PathOf("child.qcow2");
        await RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-u", "-b", secret, "-F", "raw", path, "1M");

        await RefusedAsync(new ImageImport("disk", path), "backing file");
    }

    [Fact]
    public async Task A_disk_whose_content_lies_in_another_file_is_refused()
    {
        var path = _bed.PathOf("outside.qcow2");
        await RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", $"data_file={_bed.PathOf("data")},data_file_raw=on", path, "1M");

        await RefusedAsync(new ImageImport("disk", path), "another file");
    }

    [Theory]
    [InlineData(4, "version")] // a version that does not exist
    [InlineData(20, "")] // cluster size, an offset of a table, …
    [InlineData(40, "")]
    [InlineData(56, "")]
    public async Task A_broken_header_is_an_error_and_no_image(int at, string said)
    {
        var path = await Qcow2Async(Disks.Mbr(0x83));
        var bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), 0x7fffffff);
        File.WriteAllBytes(path, bytes);

        await RefusedAsync(new ImageImport("disk", path), said);
    }

    public void Dispose() => _bed.Dispose();

    private Task<Image> ImportAsync(ImageImport import) => _bed.Importer.ImportAsync(import, null, ImageTestBed.Cancellation);

    private async Task RefusedAsync(ImageImport import, string said)
    {
        var refusal = await Should.ThrowAsync<ImageException>(ImportAsync(import));
        refusal.Message.ShouldContain(said);
        _bed.Store.FindByName(import.Name).ShouldBeNull();
    }

    private string Raw(byte[] content, string name = "disk.raw")
    {
        File.WriteAllBytes(_bed.PathOf(name), content);
        return _bed.PathOf(name);
    }

    private async Task<string> Qcow2Async(byte[] content)
    {
        await RunAsync("qemu-img", "convert", "-f", "raw", "-O", "qcow2", Raw(content), _bed.PathOf("disk.qcow2"));
        return _bed.PathOf("disk.qcow2");
    }

    private Task<HostCommandResult> RunAsync(string program, params string[] arguments) =>
        _bed.Commands.RunAsync(new HostCommand(program, [.. arguments]), ImageTestBed.Cancellation);
}
