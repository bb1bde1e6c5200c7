using System.Collections.Immutable;
using System.Text.Json;
using Nines.Host.Processes;

namespace Nines.Host.Networks;

/// <summary>
/// What the machine's other firewalls do to the cloud. A packet must be accepted by every table, so that docker's or ufw's closed
/// chains cannot be opened from the cloud's own; they are named, never changed.
/// </summary>
public static class MachineFirewall
{
    /// <summary>Chains that drop by default what the cloud needs; none on a machine without a firewall.</summary>
    public static async Task<ImmutableArray<FirewallObstacle>> FindObstaclesAsync(
        HostOptions host, IHostCommands commands, CancellationToken cancellationToken)
    {
        var chains = await commands.RunAsync(new("nft", "-j", "list", "chains"), cancellationToken);
        return FindObstacles(chains.Output, new NetworkNames(host.Scope).MachineLink);
    }

    /// <summary>Finds them in what nft(8) tells about chains.</summary>
    internal static ImmutableArray<FirewallObstacle> FindObstacles(string json, string machineLink)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.GetProperty("nftables").EnumerateArray()
                .Where(item => item.TryGetProperty("chain", out _))
                .Select(item => item.GetProperty("chain"))
                .Where(chain => Text(chain, "policy") == "drop" && Text(chain, "family") is "ip" or "inet")
                .Select(chain => Obstacle(chain, machineLink))
                .OfType<FirewallObstacle>(),
        ];
    }

    private static FirewallObstacle? Obstacle(JsonElement chain, string machineLink)
    {
        var name = $"{Text(chain, "family")} {Text(chain, "table")} {Text(chain, "name")}";
        return Text(chain, "hook") switch
        {
            "forward" => new(
                name,
                "guests do not reach the internet",
                $"nft insert rule {name} iifname {machineLink} accept; nft insert rule {name} oifname {machineLink} ct state established,related accept"),
            "input" => new(
                name,
                "guests do not find names outside of the cloud",
                $"nft insert rule {name} iifname {machineLink} meta l4proto '{{ tcp, udp }}' th dport {NameServerFiles.ForwarderPort} accept"),
            _ => null,
        };
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
