using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Client;
using Nines.Composition;
using Nines.Control.Admin;
using Nines.Images;
using Nines.Servers;

namespace Nines.Bench;

/// <summary>A cloud of its own whose servers answer HTTP as soon as they can. Needs root; nothing of it stays.</summary>
internal sealed class InstantCloud : IAsyncDisposable
{
    /// <summary>User data of a server that answers HTTP; more may follow.</summary>
    public const string WebServer = "#!/bin/sh\nmkdir -p /var/www\necho here > /var/www/index.html\nhttpd -p 80 -h /var/www\n";

    private const string InstanceType = "t3.micro";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RunningInterval = TimeSpan.FromMilliseconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nines-bench-");
    private CloudPaths? _state;
    private CloudHost? _cloud;
    private CloudClient? _client;
    private string _imageId = "";
    private string _groupId = "";

    /// <summary>Calls it.</summary>
    public CloudClient Client => _client ?? throw new InvalidOperationException("It has not started.");

    /// <summary>Starts it.</summary>
    /// <param name="image">The recipe of its servers' image.</param>
    /// <param name="mirrors">Whether volumes of type io2 have two copies, and those that are tagged for it one that follows, all on this machine's disk.</param>
    public async Task StartAsync(CancellationToken cancellationToken, bool mirrors = false, string image = "tiny")
    {
        var images = LocalImages.Default();
        _imageId = (await images.BuildAsync(images.FindRecipe(image)!, rebuild: false, cancellationToken)).AmiId;
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_001_001); // the hypervisor's user passes through
        _state = new CloudPaths(Path.Combine(_folder.FullName, "s"));

        // Idle servers use a small part of what they are promised, and that part is what is measured here.
        // What is copied asynchronously is copied all the time, so that no work goes by without.
        var options = new CloudOptions
        {
            State = _state, Port = 0, PublicPool = "198.19.0.0/16", Egress = false, CpuOvercommit = 10_000, MemoryOvercommitPercent = 10_000,
            Mirror = mirrors ? _folder.CreateSubdirectory("mirror").FullName : null, ReplicaInterval = TimeSpan.FromSeconds(1),
        };
        _cloud = await CloudHost.StartAsync(options, NullLoggerFactory.Instance, cancellationToken);
        Endpoint.Publish(_state, _cloud.Url);
        _client = CloudClient.Connect(_state);
        _groupId = await MakeGroupAsync(_client, cancellationToken);
    }

    /// <summary>Has the image launched from kept memory, and returns once a host has it.</summary>
    public async Task EnableAsync(CancellationToken cancellationToken)
    {
        await _client!.CallAsync(Ec2Api.EnableFastLaunch, new EnableFastLaunchRequest { ImageId = _imageId }, cancellationToken);
        await UntilAsync(
            async () => (await _client.CallAsync(Ec2Api.DescribeFastLaunchImages, new DescribeFastLaunchImagesRequest(), cancellationToken))
                .FastLaunchImages is [{ State: "enabled" }, ..],
            "no memory was kept",
            cancellationToken);
    }

    /// <summary>Has the image boot.</summary>
    public Task DisableAsync(CancellationToken cancellationToken) =>
        _client!.CallAsync(Ec2Api.DisableFastLaunch, new DisableFastLaunchRequest { ImageId = _imageId }, cancellationToken);

    /// <summary>Launches one server and says nothing to it.</summary>
    /// <returns>Its identifier, and what has counted since RunInstances answered.</returns>
    public async Task<(string Id, Stopwatch Clock)> LaunchSilentAsync(string instanceType, CancellationToken cancellationToken)
    {
        var launched = await _client!.CallAsync(
            Ec2Api.RunInstances,
            new RunInstancesRequest { ImageId = _imageId, MinCount = 1, MaxCount = 1, InstanceType = instanceType, SecurityGroupIds = [_groupId] },
            cancellationToken);
        return (launched.Instances![0].InstanceId!, Stopwatch.StartNew());
    }

    /// <summary>Launches servers; the time from the answer of RunInstances until the last of them sends its first byte.</summary>
    public async Task<(IReadOnlyList<string> Ids, double Seconds)> LaunchAsync(int count, CancellationToken cancellationToken, string instanceType = InstanceType, string userData = WebServer)
    {
        var (ids, seconds) = await LaunchEachAsync(count, cancellationToken, instanceType, userData);
        return (ids, seconds.Max());
    }

    /// <summary>Launches servers; of each the time from the answer of RunInstances until its first byte.</summary>
    public async Task<(IReadOnlyList<string> Ids, IReadOnlyList<double> Seconds)> LaunchEachAsync(
        int count, CancellationToken cancellationToken, string instanceType = InstanceType, string userData = WebServer)
    {
        var launched = await _client!.CallAsync(
            Ec2Api.RunInstances,
            new RunInstancesRequest
            {
                ImageId = _imageId,
                MinCount = count,
                MaxCount = count,
                InstanceType = instanceType,
                HibernationOptions = new HibernationOptionsRequest { Configured = true },
                SecurityGroupIds = [_groupId],
                UserData = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(userData)),
            },
            cancellationToken);
        string[] ids = [.. launched.Instances!.Select(instance => instance.InstanceId!)];
        return (ids, await AnswerAsync([.. ids], cancellationToken));
    }

    /// <summary>Hibernates a server and has it go on: the time until it is stopped, and from the next start's answer until its first byte.</summary>
    public async Task<(double SaveSeconds, double ResumeSeconds)> HibernateAsync(string id, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await _client!.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [id], Hibernate = true }, cancellationToken);
        await UntilAsync(async () => (await _client.DescribeAsync([id], cancellationToken)).All(server => server.State == "stopped"), "a server did not stop", cancellationToken);
        var saved = clock.Elapsed;
        await _client.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [id] }, cancellationToken);
        clock.Restart();
        await AnswerAsync([id], cancellationToken);
        return (saved.TotalSeconds, clock.Elapsed.TotalSeconds);
    }

    /// <summary>
    /// Waits until all answer. Nobody is asked before it runs, and one question is for all of them: asking shall not become the load.
    /// </summary>
    /// <returns>Of each, after how many seconds it did.</returns>
    private async Task<double[]> AnswerAsync(HashSet<string> pending, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var answers = new List<Task<double>>(pending.Count);
        while (pending.Count > 0)
        {
            var running = (await _client!.DescribeAsync([.. pending], cancellationToken)).Where(server => server.State != "pending").ToArray();
            foreach (var server in running)
            {
                answers.Add(server.State == "running"
                    ? AnswersAsync(server.PublicIp!)
                    : throw new InvalidOperationException($"{server.Id} is {server.State}: {server.StateReason}"));
                pending.Remove(server.Id);
            }

            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"{pending.Count} servers did not run within {Patience.TotalMinutes:0} minutes.");
            }

            await Task.Delay(RunningInterval, cancellationToken);
        }

        return await Task.WhenAll(answers);

        async Task<double> AnswersAsync(string address)
        {
            await FirstByte.WaitAsync(address, Patience, cancellationToken);
            return clock.Elapsed.TotalSeconds;
        }
    }

    /// <summary>Terminates servers, and returns when they are.</summary>
    public async Task TerminateAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await _client!.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = ids }, cancellationToken);
        await UntilAsync(
            async () => (await _client.DescribeAsync(ids, cancellationToken)).All(server => server.State == "terminated"), "servers did not end", cancellationToken);
    }

    /// <summary>What the servers take.</summary>
    public Task<UsageResult> MeasureAsync(CancellationToken cancellationToken) =>
        _client!.Admin.UsageAsync(new UsageRequest(null, Measure: true), cancellationToken);

    /// <summary>Ends the servers and removes all that was made.</summary>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }

        if (_state is not null)
        {
            await CloudPurge.RunAsync(_state, CancellationToken.None);
        }

        _folder.Delete(recursive: true);
    }

    private static async Task<string> MakeGroupAsync(CloudClient client, CancellationToken cancellationToken)
    {
        var group = await client.CallAsync(
            Ec2Api.CreateSecurityGroup, new CreateSecurityGroupRequest { GroupName = "open", Description = "HTTP and SSH from everywhere" }, cancellationToken);
        int[] ports = [22, 80];
        IpPermission[] rules = [.. ports.Select(port => new IpPermission { IpProtocol = "tcp", FromPort = port, ToPort = port, IpRanges = [new IpRange { CidrIp = "0.0.0.0/0" }] })];
        await client.CallAsync(
            Ec2Api.AuthorizeSecurityGroupIngress,
            new AuthorizeSecurityGroupIngressRequest { GroupId = group.GroupId, IpPermissions = rules },
            cancellationToken);
        return group.GroupId!;
    }

    /// <summary>Waits until it is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise, CancellationToken cancellationToken, TimeSpan? interval = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"Within {Patience.TotalMinutes:0} minutes {otherwise}.");
            }

            await Task.Delay(interval ?? PollInterval, cancellationToken);
        }
    }
}
