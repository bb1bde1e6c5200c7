using Nines.EndToEnd.Clients;

namespace Nines.EndToEnd.Images;

/// <summary>Other people's disks start, however they are made.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class ImportTests(ForeignDisks disks) : IClassFixture<ForeignDisks>
{
    [Fact]
    public async Task A_raw_disk_with_a_boot_sector_boots_to_SSH()
    {
        var id = await ImportAsync(disks.BiosRaw, "from-raw");
        (await BootModeAsync(id)).ShouldBe("legacy-bios");
        (await ImportAsync(disks.BiosRaw, "again")).ShouldBe(id, "the same content is the same image, by two names");
        (await RunAsync("from-raw", "grep -c ' / ext4' /proc/mounts; ls -d /sys/firmware/efi")).ShouldBe("1\n");
    }

    [Fact]
    public async Task A_qcow2_disk_with_a_boot_sector_boots_to_SSH()
    {
        var id = await ImportAsync(disks.BiosQcow2, "from-qcow2");
        (await BootModeAsync(id)).ShouldBe("legacy-bios");
        (await RunAsync(id, "ls -d /sys/firmware/efi")).ShouldBe("");
    }

    [Fact]
    public async Task A_disk_with_an_EFI_system_partition_boots_to_SSH()
    {
        var id = await ImportAsync(disks.UefiRaw, "uefi");
        (await BootModeAsync(id)).ShouldBe("uefi");
        (await RunAsync("uefi", "ls -d /sys/firmware/efi")).ShouldBe("/sys/firmware/efi\n");
    }

    [Theory]
    [InlineData("vmdk")]
    [InlineData("vhd")]
    [InlineData("vhdx")]
    [InlineData("ova")]
    public async Task An_image_boots_again_after_it_was_with_another_hypervisor(string format)
    {
        await ImportAsync(disks.BiosQcow2, "ours");
        var file = disks.PathOf($"abroad-{format}.{format}");
        (await disks.Cloud.Cli.RunAsync("images", "export", "ours", file)).ShouldSucceed().Output.ShouldBe(file + "\n");

        await ImportAsync(file, $"back-{format}");
        (await RunAsync($"back-{format}", "grep -c ' / ext4' /proc/mounts")).ShouldBe("1\n");
    }

    private async Task<string> ImportAsync(string file, string name) =>
        (await disks.Cloud.Cli.RunAsync("images", "import", file, "--name", name)).ShouldSucceed().Output.Trim();

    private async Task<string> BootModeAsync(string id) =>
        (await disks.Cloud.Aws.RunAsync("ec2", "describe-images", "--image-ids", id))["Images"]![0]!["BootMode"]!.ToString();

    /// <summary>Runs a command in a fresh server; what it prints to standard output.</summary>
    private async Task<string> RunAsync(string image, string command)
    {
        var result = await ClientProcess.RunAsync(
            NinesCli.Program, ["run", image, "--", "sh", "-c", $"({command}) 2>/dev/null; true"], disks.Cloud.Cli.Environment, patience: TimeSpan.FromMinutes(20));
        return result.ShouldSucceed().Output;
    }
}
