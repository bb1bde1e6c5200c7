using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>The hosts that this process drives: tells each what it shall be, and takes in what each observes.</summary>
internal sealed class HostRegistry : IAsyncDisposable
{
    private readonly Cloud _cloud;
    private readonly ZoneCatalog _zones;
    private readonly VolumeKeys _keys;
    private readonly TimeProvider _time;
    private readonly ILogger<HostRegistry> _logger;
    private readonly SecurityGroupSpecs _groups;
    private readonly HostObservations _observations;
    private readonly ConcurrentDictionary<string, HostLink> _links = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _listening = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ReconcileLoop _loop;
    private readonly HostWatch _watch;

    /// <summary>Begins to watch the records; hosts are added one by one.</summary>
    public HostRegistry(Cloud cloud, ZoneCatalog zones, VolumeKeys keys, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _cloud = cloud;
        _zones = zones;
        _keys = keys;
        _time = time;
        _logger = loggers.CreateLogger<HostRegistry>();
        _groups = new SecurityGroupSpecs(cloud);
        _observations = new HostObservations(cloud, time);
        _loop = new ReconcileLoop(new HostReconciler(cloud, id => _links.GetValueOrDefault(id)), time, random, loggers.CreateLogger<ReconcileLoop>());
        _watch = new HostWatch(cloud, _groups, id => _links.GetValueOrDefault(id), Wake);
        _loop.Start();
    }

    /// <summary>The ids of the hosts.</summary>
    public IReadOnlyCollection<string> HostIds => [.. _links.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The way to a host, or <see langword="null"/> when this process has none.</summary>
    public IHost? Find(string hostId) => _links.GetValueOrDefault(hostId)?.Host;

    /// <summary>Takes charge of a host: records what it is, tells it what it shall be, and listens to it from now on.</summary>
    /// <param name="host">The host.</param>
    /// <param name="zones">Names of the zones that it serves.</param>
    /// <param name="cancellationToken">Ends only this call.</param>
    /// <exception cref="InvalidOperationException">There is a host of that id already.</exception>
    public async Task<HostRecord> AddAsync(IHost host, IReadOnlyCollection<string> zones, CancellationToken cancellationToken)
    {
        var facts = await host.DescribeAsync(cancellationToken);
        var record = await _cloud.WriteAsync(transaction => Record(transaction, facts, zones), cancellationToken);
        var link = new HostLink(facts.Id, host, new HostComposer(_cloud, _zones, _groups, _keys.Tell, facts.Id), record.Epoch);
        if (!_links.TryAdd(facts.Id, link))
        {
            throw new InvalidOperationException($"There is already a host {facts.Id}.");
        }

        _logger.HostAdded(facts.Id, facts.Cpus, facts.MemoryMiB, string.Join(' ', zones));
        Wake(facts.Id);
        _listening.Add(new HostReporter(link, _observations, Wake, _time, _logger).RunAsync(_stop.Token));
        return record;
    }

    /// <summary>Stops telling and listening. Hosts go on with what they were told.</summary>
    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync, which takes the way over the thread pool and out of a simulation.
        _stop.Cancel();
        _watch.Dispose();
        await _loop.DisposeAsync();
        await Task.WhenAll(_listening);
        _stop.Dispose();
    }

    private static HostRecord Record(CloudTransaction transaction, HostFacts facts, IReadOnlyCollection<string> zones)
    {
        var known = transaction.Find(HostRecord.Table, HostRecord.Owner, facts.Id) ?? new HostRecord { Id = facts.Id, Cpus = 0, MemoryMiB = 0 };
        var record = known with
        {
            Zones = [.. zones.Order(StringComparer.Ordinal)],
            Cpus = facts.Cpus,
            MemoryMiB = facts.MemoryMiB,
            Simulated = facts.Simulated,
            Epoch = known.Epoch + 1,
        };
        transaction.Put(HostRecord.Table, record);
        return record;
    }

    private void Wake(string hostId) => _loop.Wake(new ResourceKey(HostRecord.Owner, hostId));
}
