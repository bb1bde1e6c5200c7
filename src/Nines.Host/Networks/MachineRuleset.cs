using System.Net;
using System.Text;

namespace Nines.Host.Networks;

/// <summary>
/// The rules outside of the networks: those of the internet gateway, and this cloud's one table on the machine. The machine's own
/// rules and those of other programs are never touched, and these speak of nothing but the cloud's one link.
/// </summary>
internal static class MachineRuleset
{
    /// <summary>Rules of the internet gateway's namespace: between networks, to the machine, and nothing with a foreign source.</summary>
    public static string RenderGateway(IPNetwork pool)
    {
        const string machineLink = NetworkNames.GatewayMachineLink;
        const string vpcLinks = $"\"{NetworkNames.VpcLinkPrefix}*\"";
        var dns = $"ip saddr {VpcLayout.LinkBlock} ip daddr {pool.At(1)} meta l4proto {{ tcp, udp }} th dport {NameServerFiles.ForwarderPort}";
        return $$"""
            add table inet {{NetworkNames.Table}}
            delete table inet {{NetworkNames.Table}}
            table inet {{NetworkNames.Table}} {
              chain input {
                type filter hook input priority filter; policy drop;
                ct state established,related accept
              }
              chain forward {
                type filter hook forward priority filter; policy drop;
                ct state established,related accept
                iifname "{{machineLink}}" oifname {{vpcLinks}} accept
                iifname {{vpcLinks}} {{dns}} accept
                iifname {{vpcLinks}} ip saddr != {{pool}} counter drop
                iifname {{vpcLinks}} oifname {{vpcLinks}} accept
                iifname {{vpcLinks}} oifname "{{machineLink}}" ip daddr != {{pool}} accept
              }
              chain translate_out {
                type nat hook postrouting priority srcnat; policy accept;
                oifname "{{machineLink}}" ip saddr {{VpcLayout.LinkBlock}} snat ip to {{pool.At(2)}}
              }
            }

            """;
    }

    /// <summary>This cloud's table on the machine.</summary>
    /// <param name="table">Its name, which is also that of the link.</param>
    /// <param name="uplink">The device that guests' packets may leave by, or <see langword="null"/>: none.</param>
    public static string RenderMachine(string table, IPNetwork pool, string? uplink)
    {
        var text = new StringBuilder();
        text.Append($$"""
            add table inet {{table}}
            delete table inet {{table}}
            table inet {{table}} {
              chain input {
                type filter hook input priority filter; policy accept;
                iifname "{{table}}" jump from_cloud
              }
              chain from_cloud {
                ct state established,related accept
                ip saddr {{pool.At(2)}} ip daddr {{pool.At(1)}} meta l4proto { tcp, udp } th dport {{NameServerFiles.ForwarderPort}} accept
                counter drop
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
                iifname "{{table}}" jump out_of_cloud
                oifname "{{table}}" jump into_cloud
              }
              chain into_cloud {
                ct state established,related accept
                counter drop
              }
              chain out_of_cloud {
                ct state established,related accept

            """);
        text.Append(uplink is null ? "" : $"    oifname \"{uplink}\" ip saddr {pool} accept\n");
        text.Append("    counter drop\n  }\n");
        if (uplink is not null)
        {
            text.Append($$"""
                  chain translate_out {
                    type nat hook postrouting priority srcnat; policy accept;
                    oifname "{{uplink}}" ip saddr {{pool}} masquerade
                  }

                """);
        }

        return text.Append("}\n").ToString();
    }
}
