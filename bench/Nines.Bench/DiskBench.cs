using System.Diagnostics;
using Nines.Api.Ec2;
using Nines.Images;
using Nines.Servers;

namespace Nines.Bench;

/// <summary>
/// A volume from a snapshot, a disk and an adapter that come to a server that runs and go, and what a guest gets of a volume, of one copy, of one that is copied all the time and of
/// two, beside what it gets of a disk under QEMU alone. Needs root.
/// </summary>
internal static class DiskBench
{
    private const string InstanceType = "t3.small";
    private const int MemoryMiB = 2048;
    private const int Processors = 2;
    private const int DiskGiB = 1;

    /// <summary>What io1 gives its most operations to.</summary>
    private const int LargeGiB = 1280;
    private const int Volumes = 10;
    private const int Plugs = 5;
    private const int Works = 3;

    /// <summary>Answers at once, and once more when a device has come or gone, for which it looks every hundredth of a second without starting a process.</summary>
    private const string Watcher = """
        #!/bin/sh
        device=${QUERY_STRING%=*} wanted=${QUERY_STRING#*=}
        mkfifo /tmp/$$ && exec 3<>/tmp/$$ && rm /tmp/$$
        echo; echo watching
        while :; do
          if [ -e /sys/block/$device ] || [ -e /sys/class/net/$device ]; then now=there; else now=gone; fi
          [ $now = $wanted ] && break
          read -t 0.01 nothing <&3
        done
        echo $wanted
        """;

    private static readonly TagSpecification s_copied = new() { ResourceType = "volume", Tags = [new() { Key = "nines:replication", Value = "asynchronous" }] };

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var cloud = new InstantCloud();
        await cloud.StartAsync(cancellationToken, mirrors: true);
        var userData = $"""
            #!/bin/sh
            mkdir -p /var/www/cgi-bin
            cat >/var/www/cgi-bin/watch <<'WATCH'
            {Watcher}
            WATCH
            cat >/var/www/work <<'WORK'
            {DiskWork.Script}WORK
            cat >/var/www/cgi-bin/work <<'RUN'
            #!/bin/sh
            echo
            sh /var/www/work /dev/vdb
            RUN
            chmod +x /var/www/cgi-bin/*
            {InstantCloud.WebServer}
            """;
        var (ids, _) = await cloud.LaunchAsync(1, cancellationToken, InstanceType, userData);
        var server = (await cloud.Client.DescribeAsync(ids, cancellationToken))[0];
        using var guest = new HttpClient { BaseAddress = new Uri($"http://{server.PublicIp}"), Timeout = TimeSpan.FromMinutes(10) };
        var instance = (await cloud.Client.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { InstanceIds = ids }, cancellationToken))
            .Reservations![0].Instances![0];

        var volume = await MakeVolumeAsync(cloud, new CreateVolumeRequest { AvailabilityZone = instance.Placement!.AvailabilityZone, Size = DiskGiB }, cancellationToken);
        await PlugAsync(output, cloud, guest, ids[0], instance, volume, cancellationToken);
        List<DiskWork> cloudWork = [], mirrorWork = [], copiedWork = [];
        while (cloudWork.Count < Works)
        {
            // In turn, so that what else the machine does meets all.
            mirrorWork.Add(await WorkAsync(cloud, guest, ids[0], instance.Placement.AvailabilityZone!, "io2", cancellationToken));
            copiedWork.Add(await WorkAsync(cloud, guest, ids[0], instance.Placement.AvailabilityZone!, "io1", cancellationToken, isCopied: true));
            cloudWork.Add(await WorkAsync(cloud, guest, ids[0], instance.Placement.AvailabilityZone!, "io1", cancellationToken));
        }

        await FromSnapshotAsync(output, cloud, volume, instance.Placement.AvailabilityZone!, cancellationToken);
        var accelerator = (await cloud.Client.Admin.StatusAsync(cancellationToken)).Hosts[0].Accelerator;
        await cloud.TerminateAsync(ids, cancellationToken);
        await CompareAsync(output, cloudWork, mirrorWork, copiedWork, accelerator, cancellationToken);
    }

    /// <summary>How long until a guest sees what is plugged in, and no longer sees what is taken away.</summary>
    private static async Task PlugAsync(TextWriter output, InstantCloud cloud, HttpClient guest, string id, Instance instance, string volume, CancellationToken cancellationToken)
    {
        List<double> come = [], go = [], adapterCome = [], adapterGo = [];
        var subnetId = instance.SubnetId;
        var adapter = (await cloud.Client.CallAsync(Ec2Api.CreateNetworkInterface, new CreateNetworkInterfaceRequest { SubnetId = subnetId }, cancellationToken))
            .NetworkInterface!.NetworkInterfaceId!;
        for (var turn = 0; turn < Plugs; turn++)
        {
            come.Add(await TimeAsync(guest, "vdb", "there", () => cloud.Client.CallAsync(
                Ec2Api.AttachVolume, new AttachVolumeRequest { VolumeId = volume, InstanceId = id, Device = "/dev/sdf" }, cancellationToken), cancellationToken));
            go.Add(await TimeAsync(guest, "vdb", "gone", () => cloud.Client.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = volume }, cancellationToken), cancellationToken));
            await AvailableAsync(cloud, volume, cancellationToken);

            string? attachment = null;
            adapterCome.Add(await TimeAsync(guest, "eth1", "there", async () => attachment = (await cloud.Client.CallAsync(
                Ec2Api.AttachNetworkInterface, new AttachNetworkInterfaceRequest { NetworkInterfaceId = adapter, InstanceId = id, DeviceIndex = 1 }, cancellationToken)).AttachmentId, cancellationToken));
            adapterGo.Add(await TimeAsync(guest, "eth1", "gone", () => cloud.Client.CallAsync(
                Ec2Api.DetachNetworkInterface, new DetachNetworkInterfaceRequest { AttachmentId = attachment }, cancellationToken), cancellationToken));
            await InstantCloud.UntilAsync(
                async () => (await cloud.Client.CallAsync(Ec2Api.DescribeNetworkInterfaces, new DescribeNetworkInterfacesRequest { NetworkInterfaceIds = [adapter] }, cancellationToken))
                    .NetworkInterfaces![0].Status == "available",
                "an adapter did not become free",
                cancellationToken);
        }

        await WriteAsync(output, "AttachVolume called until the guest sees the disk", come);
        await WriteAsync(output, "DetachVolume called until the guest no longer does", go);
        await WriteAsync(output, "AttachNetworkInterface called until the guest sees it", adapterCome);
        await WriteAsync(output, "DetachNetworkInterface called until it no longer does", adapterGo);
    }

    private static async Task<DiskWork> WorkAsync(
        InstantCloud cloud, HttpClient guest, string id, string zone, string type, CancellationToken cancellationToken, bool isCopied = false)
    {
        // The fastest volumes there are, of one copy and of two: what is compared is the path, not the limit that a type promises.
        var volume = await MakeVolumeAsync(cloud, new CreateVolumeRequest { AvailabilityZone = zone, Size = LargeGiB, VolumeType = type, Iops = 64_000, TagSpecifications = isCopied ? [s_copied] : [] }, cancellationToken);
        await cloud.Client.CallAsync(Ec2Api.AttachVolume, new AttachVolumeRequest { VolumeId = volume, InstanceId = id, Device = "/dev/sdf" }, cancellationToken);
        await TimeAsync(guest, "vdb", "there", () => Task.CompletedTask, cancellationToken);
        var work = DiskWork.Parse(await guest.GetStringAsync("/cgi-bin/work", cancellationToken));
        await cloud.Client.CallAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = volume }, cancellationToken);
        await AvailableAsync(cloud, volume, cancellationToken);
        await cloud.Client.CallAsync(Ec2Api.DeleteVolume, new DeleteVolumeRequest { VolumeId = volume }, cancellationToken);
        return work;
    }

    /// <summary>Volumes of a snapshot of 1 GiB: called until one can be attached.</summary>
    private static async Task FromSnapshotAsync(TextWriter output, InstantCloud cloud, string volume, string zone, CancellationToken cancellationToken)
    {
        var snapshot = (await cloud.Client.CallAsync(Ec2Api.CreateSnapshot, new CreateSnapshotRequest { VolumeId = volume }, cancellationToken)).SnapshotId!;
        await InstantCloud.UntilAsync(
            async () => (await cloud.Client.CallAsync(Ec2Api.DescribeSnapshots, new DescribeSnapshotsRequest { SnapshotIds = [snapshot] }, cancellationToken))
                .Snapshots![0].State == "completed",
            "a snapshot was not taken",
            cancellationToken);
        var times = new List<double>(Volumes);
        while (times.Count < Volumes)
        {
            var clock = Stopwatch.StartNew();
            await MakeVolumeAsync(cloud, new CreateVolumeRequest { AvailabilityZone = zone, SnapshotId = snapshot }, cancellationToken);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        await WriteAsync(output, "CreateVolume of a 1 GiB snapshot called until available", times);
    }

    private static async Task CompareAsync(
        TextWriter output, List<DiskWork> cloudWork, List<DiskWork> mirrorWork, List<DiskWork> copiedWork, string accelerator, CancellationToken cancellationToken)
    {
        var image = LocalImages.Default().Find("tiny")!;
        var plainWork = new List<DiskWork>(Works);
        while (plainWork.Count < Works)
        {
            await using var plain = await PlainGuest.StartAsync(image, accelerator == "kvm", MemoryMiB, Processors, LargeGiB, cancellationToken);
            plainWork.Add(DiskWork.Parse(await plain.RunAsync(DiskWork.Script, cancellationToken)));
        }

        await RowAsync("written in one piece, MiB/s", work => work.Write);
        await RowAsync("read in one piece, MiB/s", work => work.Read);
        await RowAsync("4 KiB in random files, each synced, writes/s", work => work.Synced);

        async Task RowAsync(string what, Func<DiskWork, double> figure)
        {
            var (ours, mirrored, copied, plain) = (cloudWork.Select(figure).Median(), mirrorWork.Select(figure).Median(), copiedWork.Select(figure).Median(), plainWork.Select(figure).Median());
            await output.WriteLineAsync(
                $"{what,-58} {ours,8:0}; copied meanwhile {copied:0}; with two copies {mirrored:0}; QEMU alone {plain:0}: {ours / plain * 100:0}, {copied / plain * 100:0} and {mirrored / plain * 100:0} % (medians of {Works})");
        }
    }

    private static async Task<string> MakeVolumeAsync(InstantCloud cloud, CreateVolumeRequest request, CancellationToken cancellationToken)
    {
        var id = (await cloud.Client.CallAsync(Ec2Api.CreateVolume, request, cancellationToken)).VolumeId!;
        await AvailableAsync(cloud, id, cancellationToken);
        return id;
    }

    private static Task AvailableAsync(InstantCloud cloud, string volume, CancellationToken cancellationToken) => InstantCloud.UntilAsync(
        async () => (await cloud.Client.CallAsync(Ec2Api.DescribeVolumes, new DescribeVolumesRequest { VolumeIds = [volume] }, cancellationToken)).Volumes![0].State == "available",
        "a volume did not become available",
        cancellationToken,
        Poll);

    /// <summary>Milliseconds from a call until the guest sees what it did.</summary>
    private static async Task<double> TimeAsync(HttpClient guest, string device, string wanted, Func<Task> call, CancellationToken cancellationToken)
    {
        using var answer = await guest.GetAsync($"/cgi-bin/watch?{device}={wanted}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        await ShouldSayAsync("watching");
        var clock = Stopwatch.StartNew();
        await call();
        await ShouldSayAsync(wanted);
        return clock.Elapsed.TotalMilliseconds;

        async Task ShouldSayAsync(string expected)
        {
            if (await lines.ReadLineAsync(cancellationToken) is var line && line != expected)
            {
                throw new InvalidOperationException($"The guest said '{line}' of {device}, and not '{expected}'.");
            }
        }
    }

    private static Task WriteAsync(TextWriter output, string what, List<double> milliseconds) =>
        output.WriteLineAsync($"{what,-58} {milliseconds.Median(),8:0} ms median, {milliseconds.Max():0} ms slowest of {milliseconds.Count}");
}
