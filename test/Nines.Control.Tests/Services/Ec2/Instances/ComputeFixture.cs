using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Secrets;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.InstanceConnect;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Control.Tests.Store;
using Nines.Host.Api;
using Nines.Host.Simulated;
using Nines.Wire.Schemas;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2.Instances;

/// <summary>Instances over the real store and hosts in memory, called as the gateway calls them.</summary>
internal sealed class ComputeFixture : IAsyncDisposable
{
    public const string Account = "123456789012";
    public const string OtherAccount = "210987654321";
    public const string ImageId = "ami-0123456789abcdef0";
    public const string KeyName = "laptop";
    private readonly InterleavedStore _store = new(SqliteStore.OpenInMemory());
    private readonly OperationTable _operations = new();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly SecretBox _box;
    private readonly SeededIdSource _ids = new(new Random(7));

    private ComputeFixture() => _box = new SecretBox(new byte[SecretBox.MasterKeyBytes], _random);

    /// <summary>What the cloud stands on.</summary>
    public InterleavedStore Store => _store;

    public Cloud Cloud { get; private set; } = null!;

    public Ec2Compute Compute { get; private set; } = null!;

    /// <summary>The folder of all accounts' buckets; whoever uses it makes it.</summary>
    public string Buckets { get; } = Path.Combine(Path.GetTempPath(), $"nines-buckets-{Guid.NewGuid():n}");

    /// <summary>The keys.</summary>
    public KmsService Kms { get; private set; } = null!;

    public List<SimulatedHost> Hosts { get; } = [];

    /// <summary>A cloud with one account, one image, one key pair, and one host for three zones.</summary>
    public static async Task<ComputeFixture> CreateAsync(int hosts = 1, Func<SimulatedHostOptions, SimulatedHostOptions>? configure = null, ISimulatedFaults? faults = null)
    {
        var fixture = new ComputeFixture();
        var ids = fixture._ids;
        var zones = new ZoneCatalog("us-east-1", 3);
        fixture.Cloud = await Cloud.OpenAsync(fixture._store, [.. Ec2Tables.Network, .. Ec2Compute.Tables, .. KmsService.Tables], cancellationToken: CancellationToken.None);
        await new AccountNetworkBootstrap(fixture.Cloud, ids, zones, new AccountOptions()).EnsureAsync(Account, CancellationToken.None);
        await fixture.Cloud.WriteAsync(AddImageAndKey, CancellationToken.None);
        fixture.Kms = new KmsService(fixture.Cloud, ids, fixture._box, zones.Region, TimeProvider.System, new Random(7), NullLoggerFactory.Instance);
        fixture.Compute = new Ec2Compute(
            fixture.Cloud, ids, zones, new AddressOptions(), new PlacementOptions(), new BucketFolders(fixture.Buckets), fixture.Kms.DataKeys, TimeProvider.System, new Random(7), NullLoggerFactory.Instance);
        foreach (var operations in fixture.Compute.Operations.Concat(Ec2Slices.Network(fixture.Cloud, ids, zones)).Concat(fixture.Kms.Operations).Append(new InstanceConnectOperations(fixture.Cloud, fixture.Compute.Hosts.Find)))
        {
            operations.Map(fixture._operations);
        }

        for (var number = 1; number <= hosts; number++)
        {
            var options = new SimulatedHostOptions { HostId = $"host-{number}", StartTime = TimeSpan.FromMilliseconds(5), ShutdownTime = TimeSpan.FromMilliseconds(5) };
            var host = new SimulatedHost(configure?.Invoke(options) ?? options, TimeProvider.System, faults);
            fixture.Hosts.Add(host);
            await fixture.Compute.Hosts.AddAsync(host, [.. zones.Zones.Select(zone => zone.Name)], CancellationToken.None);
        }

        return fixture;
    }

    /// <summary>Records the image, for an account that has lost it.</summary>
    public Task AddImageAsync() => Cloud.WriteAsync(AddImage, CancellationToken.None);

    /// <summary>Gives the other account what a new one has.</summary>
    public Task AddOtherAccountAsync() =>
        new AccountNetworkBootstrap(Cloud, _ids, new ZoneCatalog("us-east-1", 3), new AccountOptions()).EnsureAsync(OtherAccount, CancellationToken.None);

    /// <summary>Calls an operation as the gateway does.</summary>
    public async Task<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input, string account = Account)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut>
    {
        var mapped = _operations.Find(operation) ?? throw new InvalidOperationException($"{operation.Name} is not answered.");
        return (TOut)await mapped.InvokeAsync(input, NewCall(mapped.Action, mapped.IsDryRun(input), input, account), CancellationToken.None);
    }

    /// <summary>A call as the gateway makes one.</summary>
    public static Call NewCall(string action, bool isDryRun = false, IShape? input = null, string account = Account) => new(
        new Caller(account, $"arn:aws:iam::{account}:root", account, "AKIA", true), Guid.NewGuid().ToString(), "us-east-1", TimeProvider.System.GetUtcNow(), isDryRun)
    {
        Origin = new CallOrigin(action, IPAddress.Loopback, "test/1", input),
    };

    /// <summary>Launches instances of the fixture's image.</summary>
    public Task<RunInstancesResult> RunAsync(Func<RunInstancesRequest, RunInstancesRequest>? with = null)
    {
        var input = new RunInstancesRequest { ImageId = ImageId, InstanceType = "t3.micro", MinCount = 1, MaxCount = 1 };
        return CallAsync(Ec2Api.RunInstances, with?.Invoke(input) ?? input);
    }

    /// <summary>Launches one instance and waits until it runs.</summary>
    public async Task<Instance> RunningAsync(Func<RunInstancesRequest, RunInstancesRequest>? with = null) =>
        await UntilAsync((await RunAsync(with)).Instances![0].InstanceId!, InstanceState.Running);

    /// <summary>Waits for a state.</summary>
    public async Task<Instance> UntilAsync(string id, InstanceState state)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return (await Cloud.WaitAsync(Instance.Table, Account, id, instance => instance?.State == state, deadline.Token))!;
    }

    /// <summary>An instance as a client sees it.</summary>
    public async Task<Api.Ec2.Instance> DescribeAsync(string id) =>
        (await CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { InstanceIds = [id] })).Reservations![0].Instances![0];

    public async ValueTask DisposeAsync()
    {
        await Compute.DisposeAsync();
        await Kms.DisposeAsync();
        await Cloud.DisposeAsync();
        await _store.DisposeAsync();
        Hosts.ForEach(host => host.Dispose());
        _box.Dispose();
        _random.Dispose();
        if (Directory.Exists(Buckets))
        {
            Directory.Delete(Buckets, recursive: true);
        }
    }

    /// <summary>Puts a file into a bucket, which is made for it.</summary>
    public string PutFile(string bucket, string key, int bytes = 512, string account = Account)
    {
        var path = Path.Combine(Buckets, account, bucket, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[bytes]);
        return path;
    }

    private static void AddImageAndKey(CloudTransaction transaction)
    {
        AddImage(transaction);
        AddKey(transaction);
    }

    private static void AddImage(CloudTransaction transaction) =>
        transaction.Insert(Image.Table, new Image
        {
            AccountId = Account,
            Id = ImageId,
            Name = "tiny",
            Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            IsPublic = true,
            Architecture = "x86_64",
            RootDeviceName = "/dev/xvda",
            RootVolumeSizeGiB = 2,
            MinimumMemoryMiB = 128,
            HasGate = true,
            CreationDate = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        });

    private static void AddKey(CloudTransaction transaction)
    {
        var key = new KeyPair
        {
            AccountId = Account,
            Id = "key-0123456789abcdef0",
            Name = KeyName,
            KeyType = "ed25519",
            Fingerprint = "x",
            PublicKey = "ssh-ed25519 AAAA laptop",
            CreateTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
        transaction.Insert(KeyPair.Table, key);
        transaction.Insert(KeyPairName.Table, new KeyPairName(Account, KeyName, key.Id));
    }
}
