using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Two servers of the image <c>debian-12</c>, booted at the same time, since an emulated boot takes a minute or more.</summary>
public sealed class DebianServers : IAsyncLifetime
{
    /// <summary>Size of the first server's root volume; the image's disk is smaller.</summary>
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

    private readonly RealCloud _cloud = new();
    private readonly List<ServerUnderTest> _servers = [];

    internal RealCloud Cloud => _cloud;

    /// <summary>Its user data is a <c>#cloud-config</c>.</summary>
    internal ServerUnderTest Configured => _servers[0];

    /// <summary>Its user data is a script.</summary>
    internal ServerUnderTest Scripted => _servers[1];

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        (await _cloud.Cli.BuildImageAsync("debian-12")).ShouldSucceed();
        _servers.Add(await ServerUnderTest.RequestAsync(
            _cloud, "debian-12", "c5.large", CloudConfig, "--block-device-mappings", $"DeviceName=/dev/xvda,Ebs={{VolumeSize={RootGiB}}}"));
        _servers.Add(await ServerUnderTest.RequestAsync(_cloud, "debian-12", "c5.large", Script));
        await Task.WhenAll(_servers.Select(server => server.WaitForSshAsync()));
        await Task.WhenAll(_servers.Select(server => server.EventuallyAsync("cat /run/cloud-init/result.json", answer => answer.Length > 0)));
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();
}
