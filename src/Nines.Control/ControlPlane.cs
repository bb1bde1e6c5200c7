using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Nines.Control.Admin;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Identity;
using Nines.Control.Ids;
using Nines.Control.Secrets;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Reachability;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.InstanceConnect;
using Nines.Control.Services.Kms;
using Nines.Control.Services.Ssm;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Host.Api;

namespace Nines.Control;

/// <summary>Gateway, store and reconcilers, put together over one state directory. Hosts are added by whoever has them.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly SqliteStore _store;
    private readonly IdentityServices _identity;
    private readonly AuditLog _audit;
    private readonly Ec2Compute _compute;
    private readonly KmsService _kms;
    private readonly GatewayServer _gateway;

    private ControlPlane(SqliteStore store, Cloud cloud, IdentityServices identity, AuditLog audit, Ec2Compute compute, KmsService kms, GatewayServer gateway)
    {
        _store = store;
        _identity = identity;
        _audit = audit;
        Cloud = cloud;
        Images = new ImageCatalog(cloud);
        _compute = compute;
        _kms = kms;
        _gateway = gateway;
    }

    /// <summary>The records.</summary>
    public Cloud Cloud { get; }

    /// <summary>Whose cloud it is.</summary>
    public RootCredentials Root => _identity.Root;

    /// <summary>The hosts that it drives.</summary>
    public HostRegistry Hosts => _compute.Hosts;

    /// <summary>The images that servers are launched from.</summary>
    public ImageCatalog Images { get; }

    /// <summary>Where the API is, once it was started.</summary>
    public Uri Endpoint => _gateway.Endpoint;

    /// <summary>Opens the store, makes what a new account has, and starts the reconcilers; the API is not yet listening.</summary>
    public static async Task<ControlPlane> OpenAsync(
        ControlPlaneOptions options, TimeProvider time, ILoggerFactory loggers, Func<CancellationToken, Task>? refreshImages, CancellationToken cancellationToken)
    {
        var store = SqliteStore.Open(
            Path.Combine(options.StateDirectory, "store.db"), new SqliteStoreOptions { Time = time, Logger = loggers.CreateLogger<SqliteStore>() });
        var cloud = await Cloud.OpenAsync(store, [.. IdentityTables.All, .. Ec2Tables.Network, .. Ec2Compute.Tables, .. KmsService.Tables, .. SsmService.Tables], loggers.CreateLogger<Cloud>(), cancellationToken: cancellationToken);
        using var random = RandomNumberGenerator.Create();
        var identity = await IdentityServices.OpenAsync(
            cloud, MasterKeyFile.LoadOrCreate(options.StateDirectory, random), options.Identity with { StateDirectory = options.StateDirectory }, time, cancellationToken);
        var root = identity.Root;
        var ids = new RandomIdSource();
        var zones = new ZoneCatalog(root.Region, options.Zones);
        var beginning = new AccountNetworkBootstrap(cloud, ids, zones, new AccountOptions());
        foreach (var account in cloud.ListAll(Account.Table).ToList())
        {
            await beginning.EnsureAsync(account.AccountId, cancellationToken);
        }

        var kms = new KmsService(cloud, ids, identity.Box, root.Region, time, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), loggers);
        var compute = new Ec2Compute(
            cloud, ids, zones, options.Addresses, options.Placement, new BucketFolders(options.BucketsDirectory), kms.DataKeys, time, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), loggers);
        var ssm = new SsmService(cloud, identity.Box);
        var accounts = new AccountAdmin(cloud, identity.Keys, identity.Generator, beginning.Ensure);
        var audit = new AuditLog(store, time, loggers.CreateLogger<AuditLog>());
        var gateway = new GatewayBuilder
        {
            Options = new GatewayOptions { Address = options.Listen, Port = options.Port, Region = root.Region, Version = options.Version },
            Keys = identity.Keys,
            Sessions = identity.Sessions,
            Operations = [.. Ec2Slices.Network(cloud, ids, zones), .. compute.Operations, .. kms.Operations, .. ssm.Operations, new InstanceConnectOperations(cloud, compute.Hosts.Find)],
            Admin = new AdminOperations
            {
                Status = new Ec2Status(cloud, compute.Statuses, time).TellAsync,
                Reset = new AccountReset(cloud, [compute.Resetter, ssm.Resetter, kms.Resetter, new AccountResetter(beginning)], loggers.CreateLogger<AccountReset>()).RunAsync,
                Usage = compute.Usage.TellAsync,
                Volumes = compute.Copies.TellAsync,
                Reach = new ReachTeller(cloud).Tell,
                SetLink = new InterfaceFaults(cloud).SetLinkAsync,
                ScheduleMaintenance = new Maintenance(cloud, ids).ScheduleAsync,
                OperatorAccountId = root.AccountId,
                CreateAccount = accounts.CreateAsync,
                ListAccounts = accounts.List,
                Consoles = compute.Consoles,
                RefreshImages = refreshImages,
                Audit = audit.ReadNewestAsync,
            },
            Ids = ids,
            Time = time,
            Loggers = loggers,
        }.Build();
        return new ControlPlane(store, cloud, identity, audit, compute, kms, gateway);
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="PortTakenException">Another program listens there.</exception>
    public Task ListenAsync(CancellationToken cancellationToken) => _gateway.StartAsync(cancellationToken);

    /// <summary>Takes charge of a host.</summary>
    public Task AddHostAsync(IHost host, IReadOnlyCollection<string> zones, CancellationToken cancellationToken) => Hosts.AddAsync(host, zones, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _compute.DisposeAsync();
        await _kms.DisposeAsync();
        await _audit.DisposeAsync();
        await Cloud.DisposeAsync();
        await _store.DisposeAsync();
        _identity.Dispose();
    }
}
