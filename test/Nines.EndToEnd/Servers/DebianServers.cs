using Nines.Api.Ec2;
using Nines.Client;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>
/// Servers of the image <c>debian-12</c>: one that has booted, while the image's memory is being kept, and two that are copies of it. An
/// emulated boot takes a minute or more.
/// </summary>
public sealed class DebianServers : IAsyncLifetime
{
    /// <summary>Size of the root volumes of the configured servers; the image's disk is smaller.</summary>
    public const int RootGiB = 10;

    private const string CloudConfig = """
        #cloud-config
        write_files:
        - path: /root/written
          content: "by cloud-init\n"
        runcmd:
        - date +%s%N >> /root/ran
        """;

    private const string Script = """
        #!/bin/bash
        date +%s%N >> /root/ran
        echo "user data runs as $(id -un)"
        """;

    private const string Image = "ImageId=ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['debian-12']}])['Images'][0]['ImageId']";

    private readonly RealCloud _cloud = new();
    private readonly List<ServerUnderTest> _servers = [];

    internal RealCloud Cloud => _cloud;

    /// <summary>It has booted; its user data is a <c>#cloud-config</c>.</summary>
    internal ServerUnderTest Booted => _servers[0];

    /// <summary>A copy; its user data is a script.</summary>
    internal ServerUnderTest Copy => _servers[1];

    /// <summary>A copy; its user data is a <c>#cloud-config</c>.</summary>
    internal ServerUnderTest ConfiguredCopy => _servers[2];

    public async ValueTask InitializeAsync()
    {
        string[] larger = ["--block-device-mappings", $"DeviceName=/dev/xvda,Ebs={{VolumeSize={RootGiB}}}"];
        await _cloud.InitializeAsync();
        (await _cloud.Cli.BuildImageAsync("debian-12")).ShouldSucceed();
        await _cloud.Boto.RunAsync($"ec2.disable_fast_launch({Image})");
        _servers.Add(await ServerUnderTest.RequestAsync(_cloud, "debian-12", "c5.large", CloudConfig, larger));
        await Booted.WaitForSshAsync(); // one boot after the other: together each would take longer than anybody waits for it
        await _cloud.Boto.RunAsync($"ec2.enable_fast_launch({Image})");
        await WaitForKeptMemoryAsync();
        _servers.Add(await ServerUnderTest.RequestAsync(_cloud, "debian-12", "t3.micro", Script));
        _servers.Add(await ServerUnderTest.RequestAsync(_cloud, "debian-12", "t3.micro", CloudConfig, larger));
        await Task.WhenAll(_servers.Select(server => server.WaitForSshAsync()));
        await Task.WhenAll(_servers.Select(WaitForCloudInitAsync));
    }

    /// <summary>Until user data is done. A session waits in the server for a while: each login takes seconds of processor from what it waits for.</summary>
    internal static Task WaitForCloudInitAsync(ServerUnderTest server) =>
        server.EventuallyAsync("for second in $(seq 60); do [ -e /run/cloud-init/result.json ] && break; sleep 1; done; cat /run/cloud-init/result.json", answer => answer.Length > 0);

    /// <summary>Until all services are started, which none may fail to be.</summary>
    internal static Task WaitForServicesAsync(ServerUnderTest server) =>
        server.EventuallyAsync(
            "timeout 60 sh -c 'while systemctl is-active -q gate.service; do sleep 0.2; done; systemctl is-system-running --wait'", answer => answer == "running");

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    private async Task WaitForKeptMemoryAsync()
    {
        using var client = CloudClient.Connect(_cloud.Paths);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while ((await client.CallAsync(Ec2Api.DescribeFastLaunchImages, new DescribeFastLaunchImagesRequest(), deadline.Token)).FastLaunchImages is not [{ State: "enabled" }])
        {
            await Task.Delay(500, deadline.Token);
        }
    }
}
