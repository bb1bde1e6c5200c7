using System.Globalization;
using System.Text.Json;
using Nines.Host.Processes;

namespace Nines.Host.Networks;

/// <summary>
/// The links between networks that have a peering: a veth from namespace to namespace, and in each a table of the kernel that leads there,
/// which only packets with the peering's mark ask. So two peers may have the same addresses, and a route table decides which is meant.
/// </summary>
internal sealed class VpcPeerings(NetworkNames names, IHostCommands commands)
{
    /// <summary>The other end, as each end sees it; it has no address of its own.</summary>
    private const string PeerAddress = "169.254.0.2";

    private readonly NamespaceCommands _namespaces = new(commands);
    private readonly HashSet<string> _clean = [];

    /// <summary>Whether a network has, or may have, anything of a peering.</summary>
    public bool Concerns(VpcModel vpc) => !vpc.Peerings.IsEmpty || !_clean.Contains(vpc.Id);

    /// <summary>Makes the links between these networks, whose namespaces exist, and removes those that shall not be.</summary>
    public async Task EnsureAsync(IReadOnlyCollection<VpcModel> vpcs, CancellationToken cancellationToken)
    {
        var ids = vpcs.Select(vpc => vpc.Id).ToHashSet();
        var concerned = vpcs.Where(Concerns).Select(vpc => (Vpc: vpc, Peerings: vpc.Peerings.Where(peering => ids.Contains(peering.PeerVpcId)).ToList())).ToList();
        foreach (var (vpc, peerings) in concerned)
        {
            var (links, _) = await ObserveAsync(vpc, cancellationToken);
            await RunAsync(vpc, links.Except(peerings.Select(peering => peering.Link)).Select(link => $"link delete dev {link}"), cancellationToken);
        }

        foreach (var (vpc, peerings) in concerned)
        {
            var (links, rules) = await ObserveAsync(vpc, cancellationToken);
            var (mac, marks) = (NamespacePlan.RouterMacAddress, peerings.Select(peering => peering.Mark).ToHashSet());
            await RunAsync(
                vpc,
                [
                    .. peerings.Where(peering => !links.Contains(peering.Link)).Select(peering =>
                        $"link add {peering.Link} address {mac} type veth peer name {peering.Link} address {mac} netns {names.NamespaceOf(peering.PeerVpcId)}"),
                    .. peerings.Select(peering => $"link set dev {peering.Link} up"),
                    .. peerings.Select(peering => $"neighbour replace {PeerAddress} lladdr {mac} dev {peering.Link} nud permanent"),
                    .. peerings.Select(peering => $"route replace default via {PeerAddress} dev {peering.Link} onlink table {peering.Mark}"),
                    .. marks.Except(rules).Select(mark => $"rule add fwmark {mark} lookup {mark}"),
                    .. rules.Except(marks).Select(mark => $"rule delete fwmark {mark} lookup {mark}"),
                ],
                cancellationToken);
            if (peerings.Count == 0)
            {
                _clean.Add(vpc.Id);
            }
            else
            {
                _clean.Remove(vpc.Id);
            }
        }
    }

    /// <summary>A network is gone, with the ends of its links.</summary>
    public void Forget(string vpcId) => _clean.Remove(vpcId);

    /// <summary>What the links between these networks depend on.</summary>
    public static string ContentOf(IEnumerable<VpcModel> vpcs) =>
        string.Join('\n', vpcs.Select(vpc => $"{vpc.Id} {string.Join(' ', vpc.Peerings.Select(peering => peering.Id))}"));

    private Task RunAsync(VpcModel vpc, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        List<string> all = [.. lines];
        return all.Count == 0 ? Task.CompletedTask : _namespaces.RunLinesAsync(names.NamespaceOf(vpc.Id), all, cancellationToken);
    }

    private async Task<(HashSet<string> Links, HashSet<uint> Marks)> ObserveAsync(VpcModel vpc, CancellationToken cancellationToken)
    {
        var command = new HostCommand("ip", "-n", names.NamespaceOf(vpc.Id), "-j", "-batch", "-") { StandardInput = "link show type veth\nrule show\n", MaxOutputCharacters = 1 << 20 };
        var lines = (await commands.RunAsync(command, cancellationToken)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var links = JsonDocument.Parse(lines[0]);
        using var rules = JsonDocument.Parse(lines[1]);
        return (
            [.. Texts(links, "ifname").Where(link => link.StartsWith(NetworkNames.PeeringLinkPrefix, StringComparison.Ordinal))],
            [.. Texts(rules, "fwmark").Select(mark => uint.Parse(mark[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))]);
    }

    private static IEnumerable<string> Texts(JsonDocument document, string property) => document.RootElement.EnumerateArray()
        .Where(element => element.TryGetProperty(property, out _)).Select(element => element.GetProperty(property).GetString()!);
}
