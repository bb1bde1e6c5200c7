using System.Text.Json.Nodes;
using Nines.EndToEnd.BadDays;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.Images;

/// <summary>Disks come out of buckets and go into them by the API, while the cloud lives and when it dies.</summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class TransferTests(ForeignDisks disks) : IClassFixture<ForeignDisks>
{
    private const string Bucket = "vms";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    [Fact]
    [Covers("ec2", "ImportImage", "DescribeImportImageTasks", "ImportSnapshot", "DescribeImportSnapshotTasks", "ExportImage", "DescribeExportImageTasks")]
    public async Task An_image_comes_starts_goes_and_comes_again_and_a_disk_becomes_a_volume()
    {
        var aws = disks.Cloud.Aws;
        (await disks.Cloud.Cli.RunAsync("images", "import", disks.BiosQcow2, "--name", "abroad")).ShouldSucceed();
        (await disks.Cloud.Cli.RunAsync("images", "export", "abroad", await FileOfAsync("abroad.ova"))).ShouldSucceed();
        var image = await ImportImageAsync("abroad.ova");
        var told = (await aws.RunAsync("ec2", "describe-images", "--image-ids", image))["Images"]![0]!;
        (told["BootMode"]!.ToString(), told["RootDeviceName"]!.ToString(), told["Public"]!.GetValue<bool>()).ShouldBe(("legacy-bios", "/dev/sda1", false));

        var data = new byte[3 << 20];
        "carried along"u8.CopyTo(data.AsSpan(1 << 20));
        await File.WriteAllBytesAsync(await FileOfAsync("data.raw"), data, TestContext.Current.CancellationToken);
        var task = (await aws.RunAsync("ec2", "import-snapshot", "--disk-container", $"Format=RAW,Url=s3://{Bucket}/data.raw"))["ImportTaskId"]!.ToString();
        var detail = (await EndedAsync("import-snapshot", "ImportSnapshotTasks", task))["SnapshotTaskDetail"]!;
        (detail["Status"]!.ToString(), detail["DiskImageSize"]!.GetValue<double>()).ShouldBe(("completed", data.Length));

        using var server = await ServerUnderTest.RequestAsync(disks.Cloud, image, "t3.micro", null);
        await server.WaitForSshAsync();
        (await server.SshAsync("grep -c ' / ext4' /proc/mounts")).ShouldBe("1");
        var zone = (await server.DescribeAsync())["Placement"]!["AvailabilityZone"]!.ToString();
        var volume = (await aws.RunAsync("ec2", "create-volume", "--availability-zone", zone, "--snapshot-id", detail["SnapshotId"]!.ToString()))["VolumeId"]!.ToString();
        await aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        await aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", server.Id, "--device", "/dev/sdf");
        var find = $"grep -l {volume.Replace("vol-", "vol", StringComparison.Ordinal)[..20]} /sys/block/vd*/serial | cut -d/ -f4";
        await server.EventuallyAsync(find, device => device.StartsWith("vd", StringComparison.Ordinal));
        (await server.SshAsRootAsync($"dd if=/dev/$({find}) bs=1M skip=1 count=1 2>/dev/null | head -c 13")).ShouldBe("carried along");

        // What the server wrote goes along with an image of it.
        await server.SshAsRootAsync("echo been there > /etc/been; sync");
        var made = (await aws.RunAsync("ec2", "create-image", "--instance-id", server.Id, "--name", "been", "--block-device-mappings", "DeviceName=/dev/sdf,NoDevice="))["ImageId"]!.ToString();
        await aws.RunAsync("ec2", "wait", "image-available", "--image-ids", made);
        var vmdk = await ExportAsync(made, "VMDK");
        var vhd = await ExportAsync(made, "VHD");
        foreach (var key in new[] { vmdk, vhd })
        {
            using var again = await ServerUnderTest.RequestAsync(disks.Cloud, await ImportImageAsync(key), "t3.micro", null);
            await again.WaitForSshAsync();
            (await again.SshAsync("cat /etc/been")).ShouldBe("been there", key);
        }
    }

    [Fact]
    public async Task A_disk_that_UEFI_starts_comes_encrypted_and_starts()
    {
        File.Copy(disks.UefiRaw, await FileOfAsync("uefi.raw"), overwrite: true);
        var image = await ImportImageAsync("uefi.raw", "--encrypted");
        var told = (await disks.Cloud.Aws.RunAsync("ec2", "describe-images", "--image-ids", image))["Images"]![0]!;
        (told["BootMode"]!.ToString(), told["BlockDeviceMappings"]![0]!["Ebs"]!["Encrypted"]!.GetValue<bool>()).ShouldBe(("uefi", true));
        using var server = await ServerUnderTest.RequestAsync(disks.Cloud, image, "t3.micro", null);
        await server.WaitForSshAsync();
        (await server.SshAsync("ls -d /sys/firmware/efi")).ShouldBe("/sys/firmware/efi");
        (await disks.Cloud.Aws.RefusedAsync("ec2", "export-image", "--image-id", image, "--disk-image-format", "RAW", "--s3-export-location", $"S3Bucket={Bucket}")).Code.ShouldBe("NotExportable");
    }

    [Fact]
    public async Task A_full_disk_ends_an_export_with_its_reason_and_nothing_is_left()
    {
        var image = (await disks.Cloud.Cli.RunAsync("images", "import", disks.BiosRaw, "--name", "too-large")).ShouldSucceed().Output.Trim();
        var small = await FileOfAsync("", "small");
        (await ClientProcess.RunAsync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small], new Dictionary<string, string>())).ShouldSucceed();
        try
        {
            var task = (await disks.Cloud.Aws.RunAsync("ec2", "export-image", "--image-id", image, "--disk-image-format", "RAW", "--s3-export-location", "S3Bucket=small"))["ExportImageTaskId"]!.ToString();
            var ended = await EndedAsync("export-image", "ExportImageTasks", task);
            (ended["Status"]!.ToString(), ended["StatusMessage"]!.ToString().Contains("No space left on device", StringComparison.Ordinal)).ShouldBe(("deleted", true), ended.ToString());
            Directory.GetFiles(small).ShouldBeEmpty();
        }
        finally
        {
            (await ClientProcess.RunAsync("umount", [small], new Dictionary<string, string>())).ShouldSucceed();
        }
    }

    [Fact]
    public async Task What_is_told_of_an_import_moves()
    {
        await LargeAsync();
        var told = await disks.Cloud.Boto.RunAsync($$"""
            task = ec2.import_snapshot(DiskContainer=dict(UserBucket=dict(S3Bucket='{{Bucket}}', S3Key='large.raw')))['ImportTaskId']
            answer = []
            while not answer or answer[-1][0] == 'active':
                detail = ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])['ImportSnapshotTasks'][0]['SnapshotTaskDetail']
                answer.append([detail['Status'], detail.get('StatusMessage', ''), detail['Progress']])
            """);
        var steps = told!.AsArray().Select(step => (Status: step![0]!.ToString(), Message: step[1]!.ToString(), Progress: int.Parse(step[2]!.ToString(), System.Globalization.CultureInfo.InvariantCulture))).ToList();
        steps[^1].ShouldBe(("completed", "", 100));
        steps.Select(step => step.Progress).ShouldBeInOrder();
        steps.Where(step => step.Message == "converting").Select(step => step.Progress).Distinct().Count().ShouldBeGreaterThan(2);
    }

    [Fact]
    [Covers("ec2", "CancelImportTask", "CancelExportTask")]
    public async Task What_cannot_come_says_why_what_is_cancelled_goes_and_nothing_is_left_of_either()
    {
        var before = Files();
        await File.WriteAllTextAsync(await FileOfAsync("text"), "hello", TestContext.Current.CancellationToken);
        (await ClientProcess.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-u", "-b", "/etc/passwd", "-F", "raw", await FileOfAsync("child.qcow2"), "1M"], new Dictionary<string, string>())).ShouldSucceed();
        foreach (var (key, said) in new[] { ("text", "no disk that is known"), ("child.qcow2", "backing file") })
        {
            var task = (await disks.Cloud.Aws.RunAsync("ec2", "import-image", "--disk-containers", $"UserBucket={{S3Bucket={Bucket},S3Key={key}}}"))["ImportTaskId"]!.ToString();
            var ended = await EndedAsync("import-image", "ImportImageTasks", task);
            ended["Status"]!.ToString().ShouldBe("deleted");
            ended["StatusMessage"]!.ToString().ShouldStartWith("ClientError: Disk validation failed [");
            ended["StatusMessage"]!.ToString().ShouldContain(said);
        }

        (await disks.Cloud.Aws.RefusedAsync("ec2", "import-snapshot", "--disk-container", "Url=https://example.com/disk.vmdk")).Code.ShouldBe("InvalidParameter");
        (await disks.Cloud.Aws.RefusedAsync("ec2", "import-snapshot", "--disk-container", $"UserBucket={{S3Bucket={Bucket},S3Key=../../../store.db}}")).Code.ShouldBe("InvalidParameter");
        await LargeAsync();
        var answer = await disks.Cloud.Boto.RunAsync($$"""
            import time
            place = dict(UserBucket=dict(S3Bucket='{{Bucket}}', S3Key='large.raw'))
            task = ec2.import_snapshot(DiskContainer=place)['ImportTaskId']
            told = lambda: ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])['ImportSnapshotTasks'][0]['SnapshotTaskDetail']
            cancelled = ec2.cancel_import_task(ImportTaskId=task)
            while told()['Status'] != 'deleted': time.sleep(0.1)
            answer = [cancelled['PreviousState'], cancelled['State'], refused(lambda: ec2.cancel_import_task(ImportTaskId=task)), refused(lambda: ec2.cancel_export_task(ExportTaskId='export-ami-00000000000000000'))]
            """);
        answer!.AsArray().Select(item => item!.ToString()).ShouldBe(["active", "deleting", "IncorrectState", "InvalidExportTaskID.NotFound"]);
        Files().Except(before).ShouldBeEmpty(); // what a server had that ended before may go meanwhile
    }

    [Fact]
    public async Task A_cloud_that_dies_while_disks_come_and_go_finishes_both_after_its_next_start()
    {
        await LargeAsync();
        var image = (await disks.Cloud.Cli.RunAsync("images", "import", disks.BiosRaw, "--name", "leaving")).ShouldSucceed().Output.Trim();
        var interrupted = 0;
        for (var number = 0; number < 3; number++)
        {
            var export = (await disks.Cloud.Aws.RunAsync("ec2", "export-image", "--image-id", image, "--disk-image-format", "VMDK", "--s3-export-location", $"S3Bucket={Bucket},S3Prefix=killed/"))["ExportImageTaskId"]!.ToString();
            var importing = disks.Cloud.Aws.RunAsync("ec2", "import-snapshot", "--disk-container", $"UserBucket={{S3Bucket={Bucket},S3Key=large.raw}}");
            await UntilDraftAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(150 * number), TestContext.Current.CancellationToken); // deaths at different steps
            await Kill.CloudAsync(disks.Cloud);
            interrupted += Files().Count(IsDraft);
            var import = (await importing)["ImportTaskId"]!.ToString(); // answered long before anything was written
            await disks.Cloud.StartAsync();
            var snapshot = (await EndedAsync("import-snapshot", "ImportSnapshotTasks", import))["SnapshotTaskDetail"]!;
            snapshot["Status"]!.ToString().ShouldBe("completed");
            (await EndedAsync("export-image", "ExportImageTasks", export))["Status"]!.ToString().ShouldBe("completed");
            var disk = Path.Combine(disks.Cloud.Paths.Host, "volumes", $"{snapshot["SnapshotId"]}.qcow2");
            (await ClientProcess.RunAsync("qemu-img", ["compare", "-f", "raw", "-F", "qcow2", await FileOfAsync("large.raw"), disk], new Dictionary<string, string>(), patience: s_patience)).ShouldSucceed();
            Files().ShouldAllBe(file => file.EndsWith(".json", StringComparison.Ordinal) || file.EndsWith(".qcow2", StringComparison.Ordinal) || file.EndsWith(".base", StringComparison.Ordinal));
            Directory.GetFiles(await FileOfAsync("killed")).Select(Path.GetFileName).ShouldContain($"{export}.vmdk");
            Directory.GetFiles(await FileOfAsync("killed")).Length.ShouldBe(number + 1, "no half file is left");
        }

        interrupted.ShouldBeGreaterThan(0, "else nothing was shown");
    }

    private async Task UntilDraftAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(s_patience);
        while (!Files().Any(IsDraft))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), deadline.Token);
        }
    }

    private static bool IsDraft(string file) => file.EndsWith(".next", StringComparison.Ordinal);

    private async Task<string> ImportImageAsync(string key, params string[] options)
    {
        var begun = await disks.Cloud.Aws.RunAsync(
            ["ec2", "import-image", "--description", key, "--disk-containers", $"UserBucket={{S3Bucket={Bucket},S3Key={key}}}", "--tag-specifications", "ResourceType=import-image-task,Tags=[{Key=Name,Value=coming}]", .. options]);
        (begun["Status"]!.ToString(), begun["StatusMessage"]!.ToString()).ShouldBe(("active", "pending"));
        var ended = await EndedAsync("import-image", "ImportImageTasks", begun["ImportTaskId"]!.ToString());
        ended["Status"]!.ToString().ShouldBe("completed", ended.ToString());
        ended["Tags"]![0]!["Value"]!.ToString().ShouldBe("coming");
        return ended["ImageId"]!.ToString();
    }

    /// <summary>Exports an image; the key of its file.</summary>
    private async Task<string> ExportAsync(string image, string format)
    {
        var task = (await disks.Cloud.Aws.RunAsync("ec2", "export-image", "--image-id", image, "--disk-image-format", format, "--s3-export-location", $"S3Bucket={Bucket},S3Prefix=exports/"))["ExportImageTaskId"]!.ToString();
        var ended = await EndedAsync("export-image", "ExportImageTasks", task);
        ended["Status"]!.ToString().ShouldBe("completed", ended.ToString());
        return $"exports/{task}.{format.ToLowerInvariant()}";
    }

    /// <summary>Waits until a task is over, one way or the other.</summary>
    private async Task<JsonNode> EndedAsync(string kind, string list, string id)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(s_patience);
        while (true)
        {
            var task = (await disks.Cloud.Aws.RunAsync("ec2", $"describe-{kind}-tasks", kind == "export-image" ? "--export-image-task-ids" : "--import-task-ids", id))[list]![0]!;
            if ((task["Status"] ?? task["SnapshotTaskDetail"]!["Status"])!.ToString() is "completed" or "deleted")
            {
                return task;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), deadline.Token);
        }
    }

    /// <summary>A disk that takes a moment.</summary>
    private async Task LargeAsync()
    {
        if (await FileOfAsync("large.raw") is var path && !File.Exists(path))
        {
            await using var file = File.Create(path);
            var piece = new byte[1 << 20];
            var random = new Random(5);
            for (var number = 0; number < 384; number++)
            {
                random.NextBytes(piece);
                await file.WriteAsync(piece, TestContext.Current.CancellationToken);
            }
        }
    }

    private string[] Files() => [.. Directory.GetFiles(Path.Combine(disks.Cloud.Paths.Host, "volumes")).Select(path => Path.GetFileName(path))];

    /// <summary>The file of a key in the account's bucket, which is made for it as an operator makes one.</summary>
    private async Task<string> FileOfAsync(string key, string bucket = Bucket)
    {
        var account = (await disks.Cloud.Aws.RunAsync("sts", "get-caller-identity"))["Account"]!.ToString();
        return Path.Combine(Directory.CreateDirectory(Path.Combine(disks.Cloud.Paths.Buckets, account, bucket)).FullName, key);
    }
}
