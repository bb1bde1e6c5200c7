using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.FlowLogs;
using Nines.Host.Metadata;
using Nines.Host.Processes;

namespace Nines.Host.Networks;

/// <summary>
/// The networks of this machine: a namespace for each, joined by the internet gateway. Everything is rendered whole from the desired
/// state, compared with what is there, and changed only where it differs; what was made outlives this object.
/// </summary>
public sealed class HostNetworks : INetworks, IAsyncDisposable
{
    private const int StartAttempts = 5;
    private static readonly TimeSpan StartRetry = TimeSpan.FromMilliseconds(200);
    private readonly HostOptions _host;
    private readonly NetworkOptions _options;
    private readonly IHostCommands _commands;
    private readonly MetadataDirectory _directory;
    private readonly IMetadataListeners _listeners;
    private readonly TimeProvider _time;
    private readonly ILogger<HostNetworks> _logger;
    private readonly NetworkNames _names;
    private readonly NamespaceCommands _namespaces;
    private readonly InternetGateway _gateway;
    private readonly VpcPeerings _peerings;
    private readonly FlowCollector _flows;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, Applied> _applied = [];
    private readonly Dictionary<string, NameServer> _nameServers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _supervision;

    /// <summary>For tests; <see cref="Create"/> is for everyone else.</summary>
    internal HostNetworks(
        HostOptions host, NetworkOptions options, IHostCommands commands, MetadataDirectory directory, IMetadataListeners listeners,
        TimeProvider time, ILogger<HostNetworks> logger)
    {
        _host = host;
        _options = options;
        _commands = commands;
        _directory = directory;
        _listeners = listeners;
        _time = time;
        _logger = logger;
        _names = new(host.Scope);
        _namespaces = new(commands);
        _gateway = new(_names, options, Path.Combine(RunDirectory, "internet"), commands, time, logger);
        _peerings = new(_names, commands);
        _flows = new(host, _names, options.FlowInterval - options.SupervisionInterval, commands, time, logger);
        _supervision = SuperviseAsync();
    }

    /// <summary>The networks of this machine with their metadata service.</summary>
    public static HostNetworks Create(
        HostOptions host, NetworkOptions options, IHostCommands commands, TimeProvider time, ILoggerFactory loggers)
    {
        var directory = new MetadataDirectory();
        var tokens = new MetadataTokens(MetadataTokens.LoadKey(Path.Combine(host.StateDirectory, "metadata-token-key")), time);
        var server = new MetadataServer(new(directory, tokens, time), loggers);
        return new(host, options, commands, directory, server, time, loggers.CreateLogger<HostNetworks>());
    }

    /// <summary>
    /// Takes the public pool for this cloud, before anything is launched: what was started first has it, and who comes later is
    /// told so at once.
    /// </summary>
    /// <exception cref="HostSetupException">Something else has it, or the machine's networks cannot be set up.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await EnsureGatewayAsync(cancellationToken);
        }
        catch (NetworkSpecException exception)
        {
            throw new HostSetupException(exception.Message, exception);
        }
        catch (HostCommandException exception)
        {
            throw new HostSetupException($"The machine's networks cannot be set up: {exception.Message}", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What another cloud or program of this machine changes between the look and the step is seen at the next look.</summary>
    private async Task EnsureGatewayAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _gateway.EnsureAsync(cancellationToken);
                return;
            }
            catch (HostCommandException exception) when (attempt < StartAttempts)
            {
                _logger.GatewayNotSetUp(exception, attempt);
                await Task.Delay(StartRetry, _time, cancellationToken);
            }
        }
    }

    private string RunDirectory => Path.Combine(_host.RunDirectory, "networks");

    /// <inheritdoc/>
    public async Task<bool?> AnswersAsync(string vpcId, string interfaceId, IPAddress router, IPAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await ArpProbe.AnswersAsync(NamespacePathOf(vpcId), TapOf(interfaceId), router, address, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or System.ComponentModel.Win32Exception)
        {
            // The network goes at this moment, or is not there yet.
            return null;
        }
    }

    /// <inheritdoc/>
    public string NamespacePathOf(string vpcId) => NetworkNames.PathOf(_names.NamespaceOf(vpcId));

    /// <inheritdoc/>
    public string TapOf(string interfaceId) => NetworkNames.TapOf(interfaceId);

    /// <inheritdoc/>
    public async Task<ImmutableDictionary<string, VpcStatus>> ApplyAsync(HostState desired, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _directory.Update(desired);
            var statuses = ImmutableDictionary.CreateBuilder<string, VpcStatus>();
            var models = new List<VpcModel>();
            foreach (var (id, spec) in desired.Vpcs)
            {
                statuses[id] = spec.Presence == Presence.Absent
                    ? await TryAsync(id, gone: true, () => RemoveAsync(id, cancellationToken))
                    : await TryAsync(id, gone: false, () => Accept(spec, models));
            }

            if (models.Count > 0)
            {
                await EnsureAsync(desired, models, statuses, cancellationToken);
            }

            return statuses.ToImmutable();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<(string Tap, string NamespacePath)> OpenGateAsync(CancellationToken cancellationToken)
    {
        var name = _names.GateNamespace;
        await _namespaces.EnsureAsync(name, VpcLayout.Parameters, cancellationToken);
        await _namespaces.ApplyAsync(name, new NamespaceLayout { TapOwner = _host.QemuUser, Taps = [NetworkNames.GateTap] }, cancellationToken);
        return (NetworkNames.GateTap, NetworkNames.PathOf(name));
    }

    /// <inheritdoc/>
    public Task CloseGateAsync(CancellationToken cancellationToken) => _namespaces.RemoveAsync(_names.GateNamespace, cancellationToken);

    /// <inheritdoc/>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var vpcs = Directory.Exists(NetworkNames.NamespaceDirectory)
                ? Directory.GetFiles(NetworkNames.NamespaceDirectory).Select(path => _names.VpcOf(Path.GetFileName(path))).OfType<string>().ToList()
                : [];
            foreach (var vpcId in vpcs.Union(_nameServers.Keys.ToList()))
            {
                await RemoveAsync(vpcId, cancellationToken);
            }

            await _namespaces.RemoveAsync(_names.GateNamespace, cancellationToken);
            await _gateway.RemoveAsync(cancellationToken);
            _flows.Purge();
            if (Directory.Exists(RunDirectory))
            {
                Directory.Delete(RunDirectory, recursive: true);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops looking after the networks and answering for metadata; the networks stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _supervision;
        await _listeners.DisposeAsync();
        _stop.Dispose();
        _gate.Dispose();
    }

    private Task Accept(VpcSpec spec, List<VpcModel> models)
    {
        var model = VpcModel.Parse(spec);
        var pool = Ipv4.Block(_options.PublicPool, "The public pool");
        foreach (var address in model.Adapters.SelectMany(adapter => adapter.Addresses).Select(address => address.PublicAddress).Concat(model.NatGateways.SelectMany(gateway => gateway.PublicAddresses)).Where(address => address is not null))
        {
            if (!pool.Contains(address!) || address!.ToNumber() - pool.BaseAddress.ToNumber() < PublicPool.ReservedAddresses)
            {
                throw new NetworkSpecException(
                    $"{spec.Id}: the public address {address} is not in {pool} or is one of its first {PublicPool.ReservedAddresses}.");
            }
        }

        models.Add(model);
        return Task.CompletedTask;
    }

    /// <summary>Namespaces and the gateway first, then each network, then the routes between; one network's failure is its own.</summary>
    private async Task EnsureAsync(
        HostState desired, List<VpcModel> models, ImmutableDictionary<string, VpcStatus>.Builder statuses, CancellationToken cancellationToken)
    {
        var gateway = await TryAsync("", gone: false, () => OnceAsync("", _options.PublicPool, () => _gateway.EnsureAsync(cancellationToken)));
        foreach (var model in models)
        {
            statuses[model.Id] = gateway.Message is not null
                ? gateway with { Id = model.Id }
                : await TryAsync(model.Id, gone: false, () => EnsureAsync(model, desired.Vpcs[model.Id], models, cancellationToken));
        }

        var ready = models.Where(model => statuses[model.Id].Message is null).ToList();
        var addresses = string.Join('\n', ready.Select(model =>
            $"{model.Id} {_gateway.LinkAddresses[model.Id]} {string.Join(' ', model.ReachablePublicAddresses)}"));
        var routed = await TryAsync("", gone: false, () => OnceAsync("routes", addresses, () => _gateway.RouteAsync(ready, cancellationToken)));
        var peered = await TryAsync("", gone: false, () => OnceAsync("peerings", VpcPeerings.ContentOf(ready), () => _peerings.EnsureAsync(ready, cancellationToken)));
        foreach (var model in ready.Where(_ => routed.Message is not null || peered.Message is not null))
        {
            statuses[model.Id] = (routed.Message is null ? peered : routed) with { Id = model.Id };
        }
    }

    /// <summary>
    /// The rules come before the taps, so that no packet ever passes by older ones; and what counts packets before the rules, which are
    /// counted by the verdict that they give.
    /// </summary>
    private Task EnsureAsync(VpcModel vpc, VpcSpec spec, List<VpcModel> all, CancellationToken cancellationToken)
    {
        var ruleset = VpcRuleset.Render(vpc);
        var serverDirectory = Path.Combine(RunDirectory, vpc.Id);
        var files = NameServerFiles.OfVpc(
            vpc, serverDirectory, Ipv4.Block(_options.PublicPool, "The public pool"), _options.ForwardingResolver is null ? null : _gateway.MachineAddress,
            all.Where(peer => vpc.Peerings.Any(peering => peering.ResolvesPeerNames && peering.PeerVpcId == peer.Id)));
        var content = $"{ruleset}{files}{string.Join(' ', vpc.Blocks)}{FlowCollector.ContentOf(spec)}";
        return OnceAsync(vpc.Id, content, async () =>
        {
            var name = _names.NamespaceOf(vpc.Id);
            await _namespaces.EnsureAsync(name, VpcLayout.Parameters, cancellationToken);
            await _flows.WatchAsync(spec, cancellationToken);
            await _namespaces.LoadRulesAsync(name, FlowCollector.RulesOfNone(vpc) + ruleset, cancellationToken);
            var linkAddress = await _gateway.ConnectAsync(vpc.Id, cancellationToken);
            await _namespaces.ApplyAsync(name, VpcLayout.Of(vpc, _host.QemuUser, linkAddress), cancellationToken, VpcLayout.IsOwn);
            await NameServerOf(vpc.Id).EnsureAsync(files, cancellationToken);
            await _listeners.OpenAsync(vpc.Id, NamespacePathOf(vpc.Id), cancellationToken);
        });
    }

    private async Task RemoveAsync(string vpcId, CancellationToken cancellationToken)
    {
        _applied.Remove(vpcId);
        await _listeners.CloseAsync(vpcId, cancellationToken);
        await _flows.EndAsync(vpcId, cancellationToken);
        await NameServerOf(vpcId).RemoveAsync(cancellationToken);
        _nameServers.Remove(vpcId);
        _peerings.Forget(vpcId);
        await _gateway.DisconnectAsync(vpcId, cancellationToken);
        await _namespaces.RemoveAsync(_names.NamespaceOf(vpcId), cancellationToken);
    }

    /// <summary>Does the work unless the same was done a short while ago.</summary>
    private async Task OnceAsync(string key, string content, Func<Task> work)
    {
        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        if (_applied.TryGetValue(key, out var applied) && applied.Digest == digest
            && _time.GetElapsedTime(applied.Timestamp) < _options.VerifyInterval)
        {
            return;
        }

        _applied.Remove(key);
        await work();
        _applied[key] = new(digest, _time.GetTimestamp());
    }

    private async Task<VpcStatus> TryAsync(string vpcId, bool gone, Func<Task> work)
    {
        try
        {
            await work();
            return new(vpcId, gone);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _logger.NetworkFailed(exception, vpcId);
            return new(vpcId, Gone: false, exception.Message);
        }
    }

    private NameServer NameServerOf(string vpcId)
    {
        if (!_nameServers.TryGetValue(vpcId, out var server))
        {
            server = new(Path.Combine(RunDirectory, vpcId), NamespacePathOf(vpcId), _commands, _time, _logger);
            _nameServers[vpcId] = server;
        }

        return server;
    }

    private async Task SuperviseAsync()
    {
        using var timer = new PeriodicTimer(_options.SupervisionInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await LookAfterAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task LookAfterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            foreach (var vpcId in _nameServers.Keys.Where(_applied.ContainsKey).ToList())
            {
                await TryAsync(vpcId, gone: false, () => NameServerOf(vpcId).ReviveAsync(cancellationToken));
            }

            if (_applied.ContainsKey(""))
            {
                await TryAsync("", gone: false, () => _gateway.SuperviseAsync(cancellationToken));
            }

            await _flows.CollectAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What was last made so, and when.</summary>
    private sealed record Applied(string Digest, long Timestamp);
}
