using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Simulation.Faults;
using Nines.Wire.Schemas;

namespace Nines.Simulation.Clouds;

/// <summary>One process of the control plane, made of the real parts, until it dies.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly World _world;
    private readonly Cloud _cloud;
    private readonly Ec2Compute _compute;
    private readonly OperationTable _operations = new();

    private ControlPlane(World world, Life life, Cloud cloud, Ec2Compute compute)
    {
        _world = world;
        Life = life;
        _cloud = cloud;
        _compute = compute;
        foreach (var operations in compute.Operations)
            operations.Map(_operations);
    }

    public Life Life { get; }

    public HostLedger Ledger => _compute.Ledger;

    /// <summary>Starts a process. It may die while it starts.</summary>
    public static async Task<ControlPlane> StartAsync(World world, int seed)
    {
        var life = new Life();
        var random = new Random(seed);
        var ids = new SeededIdSource(new Random(random.Next()));
        var cloud = await Cloud.OpenAsync(new MortalStore(world.Store, life, world.Fate), World.Tables);
        try
        {
            await new AccountNetworkBootstrap(cloud, ids, world.Zones, new AccountOptions()).EnsureAsync(World.Account, CancellationToken.None);
            await cloud.WriteAsync(World.AddImage, CancellationToken.None);
            var keys = new DataKeys(cloud, ids, world.Cipher, world.Zones.Region);
            var compute = new Ec2Compute(cloud, ids, world.Zones, World.Addresses, new PlacementOptions(), new BucketFolders(""), keys, world.Time, new Random(random.Next()), NullLoggerFactory.Instance);
            var process = new ControlPlane(world, life, cloud, compute);
            foreach (var machine in world.Machines)
                await process.AddAsync(machine);
            return process;
        }
        catch
        {
            life.End();
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls an operation as the gateway does.</summary>
    public async Task<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut>
    {
        Life.ThrowIfOver();
        var mapped = _operations.Find(operation)!;
        var caller = new Caller(World.Account, $"arn:aws:iam::{World.Account}:root", World.Account, "AKIA", true);
        return (TOut)await mapped.InvokeAsync(input, new Call(caller, "request", _world.Zones.Region, _world.Time.GetUtcNow()), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Life.End();
        await _compute.DisposeAsync();
        await _cloud.DisposeAsync();
    }

    private async Task AddAsync(HostMachine machine)
    {
        while (true)
        {
            try
            {
                await _compute.Hosts.AddAsync(new MortalHost(machine, Life, _world.Fate, _world.Time), [machine.Zone], CancellationToken.None);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), _world.Time, CancellationToken.None);
            }
        }
    }
}
