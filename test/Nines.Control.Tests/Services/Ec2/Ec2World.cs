using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Wire.Schemas;

namespace Nines.Control.Tests.Services.Ec2;

/// <summary>A cloud in memory with the real store, one account that has begun, and the same ids in every run.</summary>
internal sealed class Ec2World : IAsyncDisposable
{
    public const string Account = "123456789012";
    public const string OtherAccount = "210987654321";

    private static readonly TableDefinition[] Tables = [.. Ec2Tables.Network, Instance.Table, NetworkInterface.Table, Snapshot.Table, Volume.Table];

    private readonly SqliteStore _store = SqliteStore.OpenInMemory();

    private Ec2World(int zones) => Zones = new ZoneCatalog("us-east-1", zones);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public IIdSource Ids { get; } = new SeededIdSource(new Random(1));

    public ZoneCatalog Zones { get; private set; }

    public Cloud Cloud { get; private set; } = null!;

    public Vpc DefaultVpc => Cloud.List(Vpc.Table, Account).Single(vpc => vpc.IsDefault);

    public Subnet FirstSubnet => Cloud.By(Subnet.ByVpc, DefaultVpc.Id).Single(subnet => subnet.AvailabilityZone == "us-east-1a");

    public static async Task<Ec2World> OpenAsync(int zones = 3)
    {
        var world = new Ec2World(zones);
        world.Cloud = await Cloud.OpenAsync(world._store, Tables, cancellationToken: Cancel);
        await world.BeginAsync(Account);
        return world;
    }

    public static Call CallOf(string accountId = Account, bool dryRun = false) => new(
        new Caller(accountId, $"arn:aws:iam::{accountId}:root", accountId, "AKIAIOSFODNN7EXAMPLE", IsRoot: true),
        "00000000-0000-4000-8000-000000000000",
        "us-east-1",
        new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero),
        dryRun);

    /// <summary>Asks for an operation as a client does, behind parsing and authentication.</summary>
    public async Task<TOut> AskAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input, Call? call = null)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut>
    {
        var table = new OperationTable();
        foreach (var operations in Ec2Slices.Network(Cloud, Ids, Zones))
        {
            operations.Map(table);
        }

        var mapped = table.Find(operation) ?? throw new InvalidOperationException($"{operation} is not answered.");
        return (TOut)await mapped.InvokeAsync(input, call ?? CallOf(), Cancel);
    }

    public Task BeginAsync(string accountId) => new AccountNetworkBootstrap(Cloud, Ids, Zones, new AccountOptions()).EnsureAsync(accountId, Cancel);

    /// <summary>The same store seen by a program that starts anew.</summary>
    public Task<Cloud> ReopenAsync() => Cloud.OpenAsync(_store, Tables, cancellationToken: Cancel);

    public void Grow(int zones) => Zones = new ZoneCatalog("us-east-1", zones);

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await _store.DisposeAsync();
    }
}
