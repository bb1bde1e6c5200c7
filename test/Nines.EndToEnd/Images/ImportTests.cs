using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Nines.EndToEnd.BadDays;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Servers;
using Nines.Host.Api;
using Nines.Host.Vms;

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
    [Covers("ec2", "GetInstanceTpmEkPub", "GetInstanceUefiData")]
    public async Task A_disk_with_an_EFI_system_partition_boots_to_SSH_with_a_TPM_that_stays_the_servers_own()
    {
        var aws = disks.Cloud.Aws;
        var imported = await ImportAsync(disks.UefiRaw, "uefi");
        (await BootModeAsync(imported)).ShouldBe("uefi");
        var copy = (await aws.RunAsync("ec2", "copy-image", "--source-image-id", imported, "--source-region", "us-east-1", "--name", "copied"))["ImageId"]!.ToString();
        await aws.RunAsync("ec2", "wait", "image-available", "--image-ids", copy);
        var mapping = (await aws.RunAsync("ec2", "describe-images", "--image-ids", copy))["Images"]![0]!["BlockDeviceMappings"]![0]!;
        await aws.RunAsync(
            "ec2", "register-image", "--name", "with-tpm", "--boot-mode", "uefi", "--tpm-support", "v2.0", "--root-device-name", "/dev/xvda", "--ena-support",
            "--block-device-mappings", $"DeviceName=/dev/xvda,Ebs={{SnapshotId={mapping["Ebs"]!["SnapshotId"]}}}");

        using var server = await ServerUnderTest.RequestAsync(disks.Cloud, "with-tpm", "t3.micro", null);
        await server.WaitForSshAsync();
        (await server.SshAsync("ls -d /sys/firmware/efi")).ShouldBe("/sys/firmware/efi");
        var key = await EndorsementKeyAsync(server.Id, "rsa-2048", "tpmt");
        (await KeyInGuestAsync(server)).ShouldBe(key, "the guest's own TPM makes the key that the API told");
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(await EndorsementKeyAsync(server.Id, "rsa-2048", "der")), out _);
        key.ShouldEndWith(Convert.ToHexStringLower(rsa.ExportParameters(false).Modulus!));
        using var ecc = ECDsa.Create();
        ecc.ImportSubjectPublicKeyInfo(Convert.FromBase64String(await EndorsementKeyAsync(server.Id, "ecc-sec-p384", "der")), out _);
        ecc.KeySize.ShouldBe(384);

        var data = Convert.FromBase64String((await disks.Cloud.Aws.RunAsync("ec2", "get-instance-uefi-data", "--instance-id", server.Id))["UefiData"]!.ToString());
        Encoding.ASCII.GetString(data, 0, 8).ShouldBe("AMZNUEFI");
        using var variables = new StreamReader(new ZLibStream(new MemoryStream(data[16..]), CompressionMode.Decompress), Encoding.Latin1);
        (await variables.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("BootOrder", customMessage: "the firmware found something to start, and noted it");

        await Kill.CloudAsync(disks.Cloud);
        await disks.Cloud.StartAsync();
        (await KeyInGuestAsync(server)).ShouldBe(key);
        await server.StopAsync();
        (await ProcessesOfAsync(server.Id)).ShouldBe(0, "a TPM ends with its machine");
        await server.StartAsync();
        (await KeyInGuestAsync(server)).ShouldBe(key, "it has the same secrets as before");
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

    /// <summary>An endorsement key as the API tells it: in base64, or, as a TPM has it, in hexadecimal digits.</summary>
    private async Task<string> EndorsementKeyAsync(string id, string type, string format)
    {
        var told = await new JavaScriptSdk(disks.Cloud.Url, disks.Cloud.Environment).RunAsync(
            $"return (await ec2.send(new EC2.GetInstanceTpmEkPubCommand({{ InstanceId: '{id}', KeyType: '{type}', KeyFormat: '{format}' }}))).KeyValue;");
        var value = told!.ToString();
        return format == "tpmt" ? Convert.ToHexStringLower(Convert.FromBase64String(value)) : value;
    }

    /// <summary>Has the guest's TPM make its RSA endorsement key, and takes the key's public area out of the answer.</summary>
    private static async Task<string> KeyInGuestAsync(ServerUnderTest server)
    {
        var command = Convert.ToHexStringLower(TpmCommands.CreateEndorsementKey(TpmKeyType.Rsa2048));
        var escaped = string.Concat(command.Chunk(2).Select(digits => $"\\x{new string(digits)}"));
        var answer = await server.SshAsRootAsync($"printf '{escaped}' > /tmp/command; exec 3<>/dev/tpm0; cat /tmp/command >&3; dd bs=4096 count=1 <&3 2>/dev/null | od -An -v -tx1 | tr -d ' \\n'; exec 3>&-");
        const int headerBytes = 10;
        return Convert.ToHexStringLower(TpmCommands.ReadCreated(Convert.FromHexString(answer).AsSpan(headerBytes)).PublicArea);
    }

    private static async Task<int> ProcessesOfAsync(string id) =>
        (await ClientProcess.RunAsync("ps", ["-eo", "args"], new Dictionary<string, string>())).Output.Split('\n').Count(line => line.Contains(id, StringComparison.Ordinal));

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
