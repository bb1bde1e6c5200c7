using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Control.Admin;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Secrets;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Host.Api;
using Nines.Host.Simulated;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Bench;

/// <summary>The control plane over a store on disk and hosts in memory, called as the gateway calls it after it has parsed a request.</summary>
internal sealed class ControlCloud : IAsyncDisposable
{
    public const string Account = "123456789012";
    public const string ImageId = "ami-0123456789abcdef0";
    private const int InstancesPerHost = 1000;
    private readonly SqliteStore _store;
    private readonly OperationTable _operations = new();
    private readonly List<SimulatedHost> _hosts = [];
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly SecretBox _box;
    private AccountNetworkBootstrap _beginning = null!;

    private ControlCloud(string path) => (_store, _box) = (SqliteStore.Open(path), new SecretBox(new byte[SecretBox.MasterKeyBytes], _random));

    public Cloud Cloud { get; private set; } = null!;

    public Ec2Compute Compute { get; private set; } = null!;

    /// <summary>A cloud with room for so many of the smallest instances, and none of them launched.</summary>
    public static async Task<ControlCloud> CreateAsync(string path, int instances, CancellationToken cancellationToken)
    {
        var bench = new ControlCloud(path);
        var ids = new SeededIdSource(new Random(7));
        var zones = new ZoneCatalog("us-east-1", 1);
        bench.Cloud = await Cloud.OpenAsync(bench._store, [.. Ec2Tables.Network, .. Ec2Compute.Tables, .. KmsService.Tables], cancellationToken: cancellationToken);

        // AWS's networks have room for 65,536 addresses; one that is larger lets one account hold them all.
        var account = new AccountOptions { DefaultVpcCidrBlock = "10.0.0.0/8", DefaultSubnetPrefixLength = 12 };
        bench._beginning = new AccountNetworkBootstrap(bench.Cloud, ids, zones, account);
        await bench._beginning.EnsureAsync(Account, cancellationToken);
        await bench.Cloud.WriteAsync(AddImage, cancellationToken);
        bench.Compute = new Ec2Compute(
            bench.Cloud,
            ids,
            zones,
            new AddressOptions { PublicPool = Ipv4Block.Parse("100.64.0.0/10") },
            new PlacementOptions(),
            new BucketFolders(""),
            new DataKeys(bench.Cloud, ids, new KmsCipher(bench._box, bench._random), zones.Region),
            TimeProvider.System,
            new Random(7),
            NullLoggerFactory.Instance);
        foreach (var operations in bench.Compute.Operations)
        {
            operations.Map(bench._operations);
        }

        for (var number = 0; number < Math.Max(1, (instances / InstancesPerHost) + 1); number++)
        {
            var host = new SimulatedHost(
                new SimulatedHostOptions { HostId = $"host-{number:d4}", MemoryMiB = 600 * 1024, StartTime = TimeSpan.Zero, ShutdownTime = TimeSpan.Zero }, TimeProvider.System);
            bench._hosts.Add(host);
            await bench.Compute.Hosts.AddAsync(host, ["us-east-1a"], cancellationToken);
        }

        return bench;
    }

    /// <summary>Launches instances, and returns when each of them runs.</summary>
    public async Task LaunchAsync(int count, CancellationToken cancellationToken)
    {
        var last = "";
        for (var left = count; left > 0; left -= 500)
        {
            last = await RunAsync(Math.Min(left, 500));
        }

        await Cloud.WaitAsync(Instance.Table, Account, last, instance => instance?.State == InstanceState.Running, cancellationToken);
        foreach (var instance in Cloud.ListAll(Instance.Table))
        {
            await Cloud.WaitAsync(Instance.Table, Account, instance.Id, seen => seen?.State == InstanceState.Running, cancellationToken);
        }
    }

    /// <summary>Launches instances, and returns the last one's id as soon as the launch is durable.</summary>
    public async Task<string> RunAsync(int count) =>
        (await CallAsync(Ec2Api.RunInstances, new RunInstancesRequest { ImageId = ImageId, InstanceType = "t3.nano", MinCount = count, MaxCount = count })).Instances![^1].InstanceId!;

    /// <summary>Makes the account as new.</summary>
    public Task ResetAsync(Call call, CancellationToken cancellationToken) =>
        new AccountReset(Cloud, [Compute.Resetter, new AccountResetter(_beginning)], NullLogger<AccountReset>.Instance).RunAsync(call, cancellationToken);

    /// <summary>Calls an operation.</summary>
    public async Task<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut>
    {
        var call = new Call(new Caller(Account, $"arn:aws:iam::{Account}:root", Account, "AKIA", true), "request", "us-east-1", TimeProvider.System.GetUtcNow());
        return (TOut)await _operations.Find(operation)!.InvokeAsync(input, call, CancellationToken.None);
    }

    /// <summary>Calls an operation and serialises its answer; the answer's size in bytes.</summary>
    public async Task<int> AnswerAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut>
    {
        using var response = WireProtocol.For(ProtocolKind.Ec2).WriteOutput(operation, await CallAsync(operation, input), "request");
        return response.Body.Length;
    }

    public async ValueTask DisposeAsync()
    {
        await Compute.DisposeAsync();
        await Cloud.DisposeAsync();
        await _store.DisposeAsync();
        _hosts.ForEach(host => host.Dispose());
        _box.Dispose();
        _random.Dispose();
    }

    private static void AddImage(CloudTransaction transaction) => transaction.Insert(Image.Table, new Image
    {
        AccountId = Account,
        Id = ImageId,
        Name = "tiny",
        Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        IsPublic = true,
        Architecture = "x86_64",
        RootDeviceName = "/dev/xvda",
        RootVolumeSizeGiB = 1,
        CreationDate = DateTimeOffset.UnixEpoch,
    });
}
