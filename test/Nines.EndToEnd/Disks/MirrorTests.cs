using System.Globalization;
using System.Text.Json.Nodes;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.Disks;

/// <summary>Disks with two copies on two disks of the machine, each of which breaks in turn.</summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class MirrorTests : IAsyncLifetime
{
    private const string Root = """[{"DeviceName":"/dev/xvda","Ebs":{"VolumeType":"io2","Iops":4000,"VolumeSize":4}}]""";

    private readonly TwoDisks _disks = new();

    private RealCloud Cloud => _disks.Cloud;

    public async ValueTask InitializeAsync() => await _disks.StartAsync();

    public ValueTask DisposeAsync() => _disks.DisposeAsync();

    [Fact]
    [Covers("ec2", "DescribeVolumeStatus")]
    public async Task One_disk_after_the_other_breaks_under_load_and_the_guest_notices_nothing()
    {
        using var server = await ServerUnderTest.LaunchAsync(Cloud, "t3.nano", null, "--block-device-mappings", Root);
        var volume = (await server.DescribeAsync())["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        var encrypted = await AttachEncryptedAsync(server);
        await server.SshAsRootAsync("mke2fs /dev/vdb >/dev/null; mount /dev/vdb /mnt; echo secret >/mnt/file; sync");
        GuestLog log = new(server);
        await log.StartAsync();
        await BecomesAsync(volume, "ok", "normal");
        await BecomesAsync(encrypted, "ok", "normal");

        await _disks.Second.BreakAsync();
        await BecomesAsync(volume, "warning", "degraded");
        await server.SshAsRootAsync("echo more >>/mnt/file; sync");
        await BecomesAsync(encrypted, "warning", "degraded");
        await log.GoesOnAsync();
        await _disks.Second.ReplaceAsync();
        await BecomesAsync(volume, "ok", "normal");
        await BecomesAsync(encrypted, "ok", "normal");

        await _disks.First.BreakAsync();
        await BecomesAsync(volume, "warning", "degraded");
        await log.GoesOnAsync();
        await server.SshAsRootAsync("echo most >>/mnt/file; sync");
        await BecomesAsync(encrypted, "warning", "degraded");
        await _disks.First.ReplaceAsync();
        await BecomesAsync(volume, "ok", "normal");
        await BecomesAsync(encrypted, "ok", "normal");
        var told = await log.GoesOnAsync();

        await log.ShouldHaveNoticedNothingAsync();
        await server.StopAsync();
        (await ClientProcess.RunAsync("qemu-img", ["compare", FileOf(volume, first: true), FileOf(volume, first: false)], new Dictionary<string, string>()))
            .ShouldSucceed();
        await server.StartAsync();
        await log.ShouldHoldAsync(told);
        (await server.SshAsRootAsync("mount /dev/vdb /mnt; cat /mnt/file")).ShouldBe("secret\nmore\nmost");
    }

    [Fact]
    public async Task A_volume_whose_first_copy_is_gone_is_the_second_and_one_whose_server_was_killed_is_whole_again()
    {
        using var server = await ServerUnderTest.LaunchAsync(Cloud, "t3.nano", null, "--block-device-mappings", Root);
        var volume = (await server.DescribeAsync())["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        await server.SshAsRootAsync("echo kept >/root/file; sync");
        await BecomesAsync(volume, "ok", "normal");
        var snapshot = (await Cloud.Aws.RunAsync("ec2", "create-snapshot", "--volume-id", volume))["SnapshotId"]!.ToString();
        await Cloud.Aws.RunAsync("ec2", "wait", "snapshot-completed", "--snapshot-ids", snapshot);
        await server.SshAsRootAsync("echo after the snapshot >/root/other; sync");
        await BecomesAsync(volume, "ok", "normal");
        await server.StopAsync();
        (await ClientProcess.RunAsync("qemu-img", ["compare", FileOf(volume, first: true), FileOf(volume, first: false)], new Dictionary<string, string>()))
            .ShouldSucceed();
        File.Delete(FileOf(volume, first: true));
        await server.StartAsync();
        (await server.SshAsRootAsync("cat /root/file; echo more >>/root/file; sync")).ShouldBe("kept");
        await BecomesAsync(volume, "ok", "normal");

        await BadDays.Kill.HypervisorAsync(server.Id);
        await Cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        await BecomesAsync(volume, "ok", "normal");
        (await ClientProcess.RunAsync("qemu-img", ["compare", FileOf(volume, first: true), FileOf(volume, first: false)], new Dictionary<string, string>()))
            .ShouldSucceed();
        File.Delete(FileOf(volume, first: false));
        await server.StartAsync();
        (await server.SshAsRootAsync("cat /root/file")).ShouldBe("kept\nmore");
        await BecomesAsync(volume, "ok", "normal");

        await Cloud.Aws.RunAsync("ec2", "terminate-instances", "--instance-ids", server.Id);
        await Cloud.Aws.RunAsync("ec2", "wait", "volume-deleted", "--volume-ids", volume);
        Directory.GetFiles(Path.GetDirectoryName(FileOf(volume, first: false))!).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bit_that_flips_in_either_copy_is_found_and_repaired_while_the_disk_is_in_use(bool inFirst)
    {
        using var server = await ServerUnderTest.LaunchAsync(Cloud, "t3.nano", null, "--block-device-mappings", Root);
        var volume = (await server.DescribeAsync())["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        await server.SshAsRootAsync("for i in $(seq 20000); do echo precious; done >/root/file; sync");
        await BecomesAsync(volume, "ok", "normal");
        await ScrubsAsync(volume, differ: false);
        await ScrubsAsync(volume, differ: false);

        Flip(FileOf(volume, inFirst));
        await ScrubsAsync(volume, differ: true);
        await BecomesAsync(volume, "ok", "normal");
        await ScrubsAsync(volume, differ: false);

        (await LogAsync()).ShouldContain($"The {(inFirst ? "First" : "Second")} copy of {volume} is lost: a scrub found 1 damaged places");
        await server.StopAsync();
        (await ClientProcess.RunAsync("qemu-img", ["compare", FileOf(volume, first: true), FileOf(volume, first: false)], new Dictionary<string, string>()))
            .ShouldSucceed();
        await server.StartAsync();
        (await server.SshAsRootAsync("grep -c '^precious$' /root/file")).ShouldBe("20000");
    }

    /// <summary>Turns one bit over of the file's data, past what the hypervisor may have in its memory of it.</summary>
    private static void Flip(string file)
    {
        var content = File.ReadAllBytes(file);
        var at = content.AsSpan().LastIndexOf("precious\nprecious\nprecious"u8);
        at.ShouldBeGreaterThan(0, "the file's data is not there");
        using var disk = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        disk.Position = at;
        disk.WriteByte((byte)(content[at] ^ 1));
    }

    /// <summary>Until one more scrub has ended, and found what it should.</summary>
    private async Task ScrubsAsync(string volume, bool differ)
    {
        var from = (await LogAsync()).Length;
        var deadline = DateTimeOffset.UtcNow.AddMinutes(3);
        string ended;
        while (!(ended = (await LogAsync())[from..]).Contains($"Compared the copies of {volume}", StringComparison.Ordinal))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"no scrub ended: {ended}");
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        ended.ShouldContain(differ ? " 1 places differ" : " 0 places differ");
    }

    private Task<string> LogAsync() => File.ReadAllTextAsync(Cloud.Paths.Log, TestContext.Current.CancellationToken);

    private async Task<string> AttachEncryptedAsync(ServerUnderTest server)
    {
        var zone = (await server.DescribeAsync())["Placement"]!["AvailabilityZone"]!.ToString();
        var volume = (await Cloud.Aws.RunAsync("ec2", "create-volume", "--availability-zone", zone, "--size", "4", "--volume-type", "io2", "--iops", "2000", "--encrypted"))["VolumeId"]!.ToString();
        await Cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        await Cloud.Aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", server.Id, "--device", "/dev/sdf");
        await server.EventuallyAsync("ls /sys/block | grep vdb", said => said == "vdb");
        return volume;
    }

    private string FileOf(string volume, bool first) =>
        Path.Combine(first ? Path.Combine(Cloud.Paths.Host, "volumes") : _disks.SecondFolder, volume + ".qcow2");

    private async Task BecomesAsync(string volume, string status, string performance)
    {
        var deadline = DateTimeOffset.UtcNow.AddMinutes(5);
        JsonNode item;
        while ((item = (await Cloud.Aws.RunAsync("ec2", "describe-volume-status", "--volume-ids", volume))["VolumeStatuses"]![0]!)["VolumeStatus"]!["Status"]!.ToString() != status)
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"the volume did not become {status}: {item}");
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        item["VolumeStatus"]!["Details"]![1]!["Status"]!.ToString().ShouldBe(performance);
        item["Events"]!.AsArray().Count.ShouldBe(status == "ok" ? 0 : 1);
    }
}
