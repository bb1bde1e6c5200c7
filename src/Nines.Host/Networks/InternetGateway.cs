using System.Net;
using Microsoft.Extensions.Logging;
using Nines.Host.Processes;

namespace Nines.Host.Networks;

/// <summary>
/// What stands for the internet: a namespace between all networks of the cloud and the machine. Every public address is a route in
/// it, an address that no adapter has is answered as unreachable, and packets between two networks' public addresses turn round here
/// without touching the machine. The machine has one link, one route, one table of rules and one name server for it.
/// </summary>
internal sealed class InternetGateway(
    NetworkNames names, NetworkOptions options, string directory, IHostCommands commands, TimeProvider time, ILogger logger)
{
    private readonly NamespaceCommands _namespaces = new(commands);
    private readonly NameServer _forwarder = new(Path.Combine(directory, "forwarder"), null, commands, time, logger);
    private readonly MachineUplink _uplink = new(names, options);
    private readonly IPNetwork _pool = Ipv4.Block(options.PublicPool, "The public pool");
    private readonly Dictionary<string, IPAddress> _linkAddresses = [];
    private string? _machineRules;
    private bool _gatewayRules;

    /// <summary>Networks that are connected, each with the address of its end of the link.</summary>
    public IReadOnlyDictionary<string, IPAddress> LinkAddresses => _linkAddresses;

    /// <summary>The machine's own address in the pool, which name servers ask.</summary>
    public IPAddress MachineAddress => _pool.At(1);

    /// <summary>
    /// The route that keeps the pool from leaking to the uplink while the link is away. Its metric is the cloud's own, so that one
    /// cloud does not remove another's, and near the highest, so that every other route to the pool wins.
    /// </summary>
    private string Barrier => $"unreachable {_pool}{BarrierMetric}";

    private string BarrierMetric => $" metric {0xFF00_0000u + (Convert.ToUInt32(names.Scope, 16) & 0xFF_FFFF)}";

    /// <summary>Makes the gateway and its link to the machine.</summary>
    /// <exception cref="NetworkSpecException">The pool is already routed elsewhere.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var machine = await _namespaces.ObserveAsync(null, cancellationToken);
        RequireFreePool(machine);
        await _namespaces.EnsureAsync(names.GatewayNamespace, VpcLayout.Parameters, cancellationToken);
        if (!_gatewayRules)
        {
            await _namespaces.LoadRulesAsync(names.GatewayNamespace, MachineRuleset.RenderGateway(_pool), cancellationToken);
            _gatewayRules = true;
        }

        var uplink = _uplink.Find(machine);
        var rules = MachineRuleset.RenderMachine(names.MachineLink, _pool, uplink);
        if (rules != _machineRules)
        {
            await _namespaces.LoadRulesAsync(null, rules, cancellationToken);
            _machineRules = rules;
        }

        if (!machine.Links.ContainsKey(names.MachineLink))
        {
            await _namespaces.RunLinesAsync(
                null,
                [$"link add {names.MachineLink} type veth peer name {NetworkNames.GatewayMachineLink} netns {names.GatewayNamespace}"],
                cancellationToken);
        }

        await _namespaces.ApplyAsync(null, MachineLayout(), cancellationToken, IsOwn);
        _uplink.Prepare(uplink);
        if (options.ForwardingResolver is { } resolverFile)
        {
            await _forwarder.EnsureAsync(
                NameServerFiles.OfForwarder(Path.Combine(directory, "forwarder"), MachineAddress, resolverFile), cancellationToken);
        }
    }

    /// <summary>Makes the link to a network, whose namespace exists.</summary>
    /// <returns>The address of the network's end.</returns>
    public async Task<IPAddress> ConnectAsync(string vpcId, CancellationToken cancellationToken)
    {
        var link = NetworkNames.VpcLinkOf(vpcId);
        var gateway = await _namespaces.ObserveAsync(names.GatewayNamespace, cancellationToken);
        if (!gateway.Links.ContainsKey(link))
        {
            await _namespaces.RunLinesAsync(
                names.GatewayNamespace,
                [$"link add {link} type veth peer name {NetworkNames.InternetLink} netns {names.NamespaceOf(vpcId)}"],
                cancellationToken);
            gateway = await _namespaces.ObserveAsync(names.GatewayNamespace, cancellationToken);
        }

        return _linkAddresses[vpcId] = VpcLayout.LinkAddress(gateway.Links[link].Index);
    }

    /// <summary>Removes the link to a network with its routes.</summary>
    public async Task DisconnectAsync(string vpcId, CancellationToken cancellationToken)
    {
        _linkAddresses.Remove(vpcId);
        if (!NetworkNamespace.Exists(NetworkNames.PathOf(names.GatewayNamespace)))
        {
            return;
        }

        var gateway = await _namespaces.ObserveAsync(names.GatewayNamespace, cancellationToken);
        if (gateway.Links.ContainsKey(NetworkNames.VpcLinkOf(vpcId)))
        {
            await _namespaces.RunLinesAsync(
                names.GatewayNamespace, [$"link delete dev {NetworkNames.VpcLinkOf(vpcId)}"], cancellationToken);
        }
    }

    /// <summary>Routes the public addresses of these networks, which are connected; those of networks that are not told stay as they are.</summary>
    public Task RouteAsync(IReadOnlyCollection<VpcModel> vpcs, CancellationToken cancellationToken)
    {
        var told = vpcs.Select(vpc => $" dev {NetworkNames.VpcLinkOf(vpc.Id)}").ToList();
        return _namespaces.ApplyAsync(names.GatewayNamespace, GatewayLayout(vpcs), cancellationToken, MayRemove);

        bool MayRemove(string entry) => !entry.Contains($" dev {NetworkNames.VpcLinkPrefix}", StringComparison.Ordinal)
            || told.Exists(link => entry.EndsWith(link, StringComparison.Ordinal) || entry.Contains(link + " ", StringComparison.Ordinal));
    }

    /// <summary>Starts the machine-side name server again when it died.</summary>
    public Task SuperviseAsync(CancellationToken cancellationToken) =>
        options.ForwardingResolver is null ? Task.CompletedTask : _forwarder.ReviveAsync(cancellationToken);

    /// <summary>Removes the gateway and all that the machine had for it.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await _forwarder.RemoveAsync(cancellationToken);
        _uplink.Restore();
        var machine = await _namespaces.ObserveAsync(null, cancellationToken);
        if (machine.Links.ContainsKey(names.MachineLink))
        {
            await _namespaces.RunLinesAsync(null, [$"link delete dev {names.MachineLink}"], cancellationToken);
        }

        // Whatever the pool was: who removes a cloud need not know how it was started.
        await _namespaces.RunLinesAsync(null, machine.Routes.Where(IsBarrier).Select(route => $"route delete {route}"), cancellationToken);

        await _namespaces.LoadRulesAsync(
            null, $"add table inet {names.MachineLink}\ndelete table inet {names.MachineLink}\n", cancellationToken);
        await _namespaces.RemoveAsync(names.GatewayNamespace, cancellationToken);
        _machineRules = null;
        _gatewayRules = false;
    }

    private NamespaceLayout MachineLayout() => new()
    {
        Links = [names.MachineLink],
        Addresses = [$"{MachineAddress}/32 dev {names.MachineLink}"],
        Routes = [$"{_pool} via {_pool.At(2)} dev {names.MachineLink} src {MachineAddress} onlink", Barrier],
    };

    private NamespaceLayout GatewayLayout(IReadOnlyCollection<VpcModel> vpcs) => new()
    {
        Links = ["lo", NetworkNames.GatewayMachineLink, .. vpcs.Select(vpc => NetworkNames.VpcLinkOf(vpc.Id))],
        Addresses =
        [
            $"{_pool.At(2)}/32 dev {NetworkNames.GatewayMachineLink}",
            .. vpcs.Select(vpc => $"{VpcLayout.GatewayAddress}/32 dev {NetworkNames.VpcLinkOf(vpc.Id)}"),
        ],
        Routes =
        [
            $"default via {MachineAddress} dev {NetworkNames.GatewayMachineLink} onlink",
            $"{MachineAddress} dev {NetworkNames.GatewayMachineLink}",
            $"unreachable {_pool}",
            .. vpcs.Select(vpc => $"{_linkAddresses[vpc.Id]} dev {NetworkNames.VpcLinkOf(vpc.Id)}"),
            .. vpcs
                .SelectMany(vpc => vpc.ReachablePublicAddresses, (vpc, address) => (vpc, Address: address))
                .DistinctBy(pair => pair.Address)
                .Select(pair => $"{pair.Address} via {_linkAddresses[pair.vpc.Id]} dev {NetworkNames.VpcLinkOf(pair.vpc.Id)} onlink"),
        ],
    };

    private bool IsBarrier(string route) => route.EndsWith(BarrierMetric, StringComparison.Ordinal);

    private bool IsOwn(string entry) =>
        IsBarrier(entry)
        || entry.Contains($" dev {names.MachineLink} ", StringComparison.Ordinal)
        || entry.EndsWith($" dev {names.MachineLink}", StringComparison.Ordinal);

    private void RequireFreePool(NamespaceState machine)
    {
        string[] others = [.. machine.Routes.Where(route => !IsOwn(route))];
        if (RoutedBlocks.FindOverlap(others, _pool) is { } route)
        {
            var owner = route.Contains($" dev {NetworkNames.MachineLinkPrefix}", StringComparison.Ordinal) ? ", by another cloud" : "";
            var free = RoutedBlocks.FindFree(others) is { } block ? $", such as {block}" : "";
            throw new NetworkSpecException($"The public pool {_pool} is already routed on this machine{owner} ({route}): choose another with --public-pool{free}.");
        }
    }
}
