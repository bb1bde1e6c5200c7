using System.Net.Sockets;
using System.Text.Json.Nodes;
using Nines.Client;
using Nines.Composition;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.Servers;

namespace Nines.EndToEnd.Servers;

/// <summary>One real server of a test, reached by SSH as a user reaches it; terminated with the test.</summary>
internal sealed class ServerUnderTest : IDisposable
{
    /// <summary>For a whole distribution on an emulated processor of a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Between two attempts to log in: each costs an emulated guest seconds of processor, which what is waited for has to do without.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How much of a console a failure tells.</summary>
    private const int MaxConsole = 4000;

    private readonly RealCloud _cloud;
    private readonly string _user;
    private string _address = "";

    private ServerUnderTest(RealCloud cloud, string id, string user)
    {
        (_cloud, _user) = (cloud, user);
        Id = id;
    }

    public string Id { get; }

    /// <summary>Launches a server of the image <c>tiny</c> and waits until it answers SSH.</summary>
    public static async Task<ServerUnderTest> LaunchAsync(RealCloud cloud, string type, string? userData, params string[] options)
    {
        var server = await RequestAsync(cloud, "tiny", type, userData, options);
        await server.WaitForSshAsync();
        return server;
    }

    /// <summary>Launches a server and does not wait for it.</summary>
    /// <param name="options">More of what <c>run-instances</c> takes.</param>
    public static async Task<ServerUnderTest> RequestAsync(RealCloud cloud, string imageName, string type, string? userData, params string[] options)
    {
        var token = TestContext.Current.CancellationToken;
        using var client = CloudClient.Connect(cloud.Paths);
        await SshKey.EnsureAsync(client, cloud.Paths, token);
        var group = await SshGroup.EnsureAsync(client, token);
        var image = await client.FindImageAsync(imageName, token);
        List<string> command = ["ec2", "run-instances", "--image-id", image!.ImageId!, "--instance-type", type, "--key-name", SshKey.Name, "--security-group-ids", group, .. options];
        if (userData is not null)
        {
            command.AddRange(["--user-data", userData]);
        }

        var launched = await cloud.Aws.RunAsync([.. command]);
        return new ServerUnderTest(cloud, launched["Instances"]![0]!["InstanceId"]!.ToString(), await client.DefaultUserAsync(image.ImageId!, token));
    }

    public async Task<JsonNode> DescribeAsync() =>
        (await _cloud.Aws.RunAsync("ec2", "describe-instances", "--instance-ids", Id))["Reservations"]![0]!["Instances"]![0]!;

    public async Task StopAsync()
    {
        await _cloud.Aws.RunAsync("ec2", "stop-instances", "--instance-ids", Id);
        await _cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", Id);
    }

    public async Task StartAsync()
    {
        await _cloud.Aws.RunAsync("ec2", "start-instances", "--instance-ids", Id);
        await WaitForSshAsync();
    }

    /// <summary>Runs a command as the image's user; it must succeed.</summary>
    public Task<string> SshAsync(string command) => SshAsync(_user, command);

    /// <summary>Runs a command as root; it must succeed.</summary>
    public Task<string> SshAsRootAsync(string command) => SshAsync("root", command);

    /// <summary>Runs a command as the image's user, who comes with a key of one's own, and answers whatever came.</summary>
    public Task<ClientResult> SshWithAsync(string privateKey, string command) => InvokeAsync(_user, command, privateKey);

    /// <summary>Repeats a command until its answer is the one; while the server does not answer, the answer is empty.</summary>
    public async Task EventuallyAsync(string command, Func<string, bool> isIt)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"'{command}' never gave what was waited for");
            var result = await InvokeAsync(_user, command);
            if (isIt(result.ExitCode == 0 ? result.Output.Trim() : ""))
            {
                return;
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until its SSH port takes a connection, which a server that runs does within a minute: a guest of a busy machine may leave one unanswered.</summary>
    /// <param name="knownAddress">Not to ask the cloud for the address, which may be away.</param>
    public async Task BecomesReachableAsync(bool knownAddress = false)
    {
        var deadline = DateTimeOffset.UtcNow.AddMinutes(1);
        while (!await IsReachableAsync(knownAddress))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("the server stayed unreachable");
        }
    }

    /// <summary>Until its SSH port takes no connection, several times: one may fail for another reason.</summary>
    public async Task BecomesUnreachableAsync()
    {
        const int enough = 3;
        var deadline = DateTimeOffset.UtcNow + Patience;
        for (var failures = 0; failures < enough; failures = await IsReachableAsync() ? 0 : failures + 1)
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("the server stayed reachable");
        }
    }

    private async Task<bool> IsReachableAsync(bool knownAddress = false)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await socket.ConnectAsync(knownAddress ? _address : (await DescribeAsync())["PublicIpAddress"]!.ToString(), 22, timeout.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (Endpoint.FindRunning(_cloud.Paths) is not { } running || running.IsEnding())
        {
            return; // the test failed amid a crash: what it says must be heard, and the cloud's end takes the server
        }

        using var client = CloudClient.Connect(_cloud.Paths);
        client.CallAsync(
            Api.Ec2.Ec2Api.TerminateInstances, new Api.Ec2.TerminateInstancesRequest { InstanceIds = [Id] }, CancellationToken.None).GetAwaiter().GetResult();
    }

    public async Task WaitForSshAsync()
    {
        using var client = CloudClient.Connect(_cloud.Paths);
        var token = TestContext.Current.CancellationToken;
        var running = await client.WaitRunningAsync([Id], Patience, token);
        _address = running[0].PublicIp!;
        try
        {
            await BootWait.WaitAsync(client, running[0], new Progress<string>(), token);
        }
        catch (UserException exception)
        {
            var console = (await _cloud.Aws.InvokeAsync("ec2", "get-console-output", "--instance-id", Id, "--latest", "--query", "Output", "--output", "text")).Output; // whatever comes: the failure is another
            throw new UserException($"{exception.Message}\nits console ends with:\n{console[^Math.Min(console.Length, MaxConsole)..]}\nthe cloud says:\n{_cloud.SaidOfMachines}");
        }
    }

    private async Task<string> SshAsync(string user, string command)
    {
        // The key arrives from the metadata service a moment after the daemon answers.
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            var result = await InvokeAsync(user, command);
            if (result.ExitCode != 255 || DateTimeOffset.UtcNow > deadline)
            {
                return result.ShouldSucceed().Output.Trim();
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    private async Task<ClientResult> InvokeAsync(string user, string command, string? privateKey = null)
    {
        using var client = CloudClient.Connect(_cloud.Paths);
        var server = (await client.DescribeAsync([Id], TestContext.Current.CancellationToken))[0];
        // One word for sh, so that the command is read by the guest's shell and by no other.
        var arguments = SshSession.Arguments(_cloud.Paths, server, user, ["sh", "-c", command]).Select(word => word == _cloud.Paths.SshKey ? privateKey ?? word : word);
        return await ClientProcess.RunAsync("ssh", ["-n", "-o", "BatchMode=yes", .. arguments], new Dictionary<string, string>());
    }
}
