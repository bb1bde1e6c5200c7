using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>
/// Says from the records whether a packet would arrive and be answered, and which rule, route or list decides. It sends nothing: what lies
/// outside the cloud, and what a guest does with a packet, it does not know.
/// </summary>
internal sealed class ReachEngine(Cloud cloud)
{
    private readonly ReachRules _rules = new(cloud);

    /// <summary>Follows a packet and its answer.</summary>
    public ReachVerdict Follow(ReachEndpoint from, ReachEndpoint to, ReachTraffic traffic)
    {
        var trace = new ReachTrace();
        CheckAlive(trace, from);
        CheckAlive(trace, to);
        switch (from.Adapter, to.Adapter)
        {
            case ({ } sender, { } receiver) when !to.IsByPublicAddress:
                Within(trace, from, sender, to, receiver, traffic);
                break;
            case ({ } sender, { }):
                if (Leave(trace, from, sender, to.PublicAddress!, traffic) is { } seenAs)
                {
                    Arrive(trace, seenAs, to, to.Adapter, traffic);
                }

                break;
            case ({ } sender, null):
                Leave(trace, from, sender, to.Address, traffic);
                break;
            case (null, { } receiver):
                Arrive(trace, from.Address, to, receiver, traffic);
                break;
            default:
                trace.Block(to.Address, "NOT_IN_CLOUD", "neither end is in this cloud");
                break;
        }

        return trace.ToVerdict();
    }

    private void CheckAlive(ReachTrace trace, ReachEndpoint end)
    {
        if (end.Adapter is not { } adapter)
        {
            return;
        }

        if (adapter.Attachment is not { } attachment)
        {
            trace.Block(adapter.Id, "UNATTACHED_COMPONENT", "is attached to no instance");
        }
        else if (cloud.Find(Instance.Table, adapter.AccountId, attachment.InstanceId) is not { State: InstanceState.Running } instance)
        {
            trace.Block(attachment.InstanceId, "BAD_STATE", "does not run");
        }
        else if (adapter.LinkDown && CarrierOf(adapter, instance) is { } carrier)
        {
            trace.Pass(adapter.Id, $"has its cable out, and {carrier.Id} carries for it if the guest bonds them");
        }
        else if (adapter.LinkDown)
        {
            trace.Block(adapter.Id, "BAD_STATE", "has its cable out");
        }
    }

    /// <summary>As the host chooses it.</summary>
    private NetworkInterface? CarrierOf(NetworkInterface adapter, Instance instance) => instance.NetworkInterfaceIds
        .Select(id => cloud.Find(NetworkInterface.Table, adapter.AccountId, id))
        .Where(other => other is { LinkDown: false, Attachment: not null } && other.SubnetId == adapter.SubnetId)
        .MinBy(other => other!.Id, StringComparer.Ordinal);

    /// <summary>From private address to private address: in one network, or in two that have a peering.</summary>
    private void Within(ReachTrace trace, ReachEndpoint from, NetworkInterface sender, ReachEndpoint to, NetworkInterface receiver, ReachTraffic traffic)
    {
        var (seen, seenAs) = (sender, from.Address);
        if (sender.VpcId != receiver.VpcId)
        {
            if (CarriedPrivately(trace, sender, to.Address) is { } carrier)
            {
                (seen, seenAs) = (carrier, carrier.PrivateIpAddress);
            }

            Cross(trace, seen, to.Address, receiver, isAnswer: false);
            Cross(trace, receiver, seenAs, seen, isAnswer: true);
        }

        var crosses = sender.SubnetId != receiver.SubnetId;
        CheckGroups(trace, sender, isEgress: true, to.Address, receiver, traffic);
        CheckList(trace, crosses, sender, isEgress: true, to.Address, traffic);
        CheckList(trace, crosses, receiver, isEgress: false, seenAs, traffic);
        CheckGroups(trace, receiver, isEgress: false, seenAs, seen, traffic);
        CheckList(trace, crosses, receiver, isEgress: true, seenAs, traffic.Answer, isAnswer: true);
        CheckList(trace, crosses, sender, isEgress: false, to.Address, traffic.Answer, isAnswer: true);
    }

    /// <summary>The interface of the private NAT gateway that a route leads to, with whose address the sender is seen; <see langword="null"/> when none does.</summary>
    private NetworkInterface? CarriedPrivately(ReachTrace trace, NetworkInterface sender, string address)
    {
        var (table, route) = RouteOf(sender, address);
        if (route?.NatGatewayId is not { } id || cloud.Find(NatGateway.Table, sender.AccountId, id) is not { IsPrivate: true } gateway)
        {
            return null;
        }

        trace.Pass(table!.Id, $"route {route.DestinationCidrBlock} leads to {id}");
        trace.Pass(id, $"carries it as {gateway.PrivateIpAddress}");
        return cloud.Find(NetworkInterface.Table, gateway.AccountId, gateway.NetworkInterfaceId);
    }

    private void Cross(ReachTrace trace, NetworkInterface sender, string address, NetworkInterface receiver, bool isAnswer)
    {
        var (table, route) = RouteOf(sender, address);
        if (route?.VpcPeeringConnectionId is not { } id)
        {
            trace.Block(table?.Id ?? sender.SubnetId, "NO_ROUTE_TO_DESTINATION", $"has no route to {address} by a peering", isAnswer);
        }
        else if (VpcPeering.Between(cloud, sender.VpcId, receiver.VpcId)?.Id != id)
        {
            trace.Block(id, "INACTIVE_PEERING", $"does not lead from {sender.VpcId} to {receiver.VpcId}", isAnswer);
        }
        else
        {
            trace.Pass(table!.Id, $"route {route.DestinationCidrBlock} leads to {id}", isAnswer);
        }
    }

    /// <summary>Out to a public address.</summary>
    /// <returns>The address by which the sender is seen there; <see langword="null"/> when it does not get there.</returns>
    private string? Leave(ReachTrace trace, ReachEndpoint from, NetworkInterface sender, string address, ReachTraffic traffic)
    {
        var (table, route) = RouteOf(sender, address);
        string? seenAs = null;
        if (table is null || route is null)
        {
            trace.Block(table?.Id ?? sender.SubnetId, "NO_ROUTE_TO_DESTINATION", $"has no route to {address}");
        }
        else if (route.IsLocal || route.VpcPeeringConnectionId is not null)
        {
            trace.Block(table.Id, "NO_ROUTE_TO_DESTINATION", $"route {route.DestinationCidrBlock} keeps {address} from the internet");
        }
        else if (!RouteTableView.IsActive(cloud, table, route))
        {
            trace.Block(table.Id, "BAD_STATE", $"route {route.DestinationCidrBlock} leads to {route.GatewayId ?? route.NatGatewayId}, which is not there");
        }
        else
        {
            trace.Pass(table.Id, $"route {route.DestinationCidrBlock} leads to {route.GatewayId ?? route.NatGatewayId}");
            seenAs = route.NatGatewayId is { } nat ? Carried(trace, sender, nat) : from.PublicAddress;
            if (seenAs is null)
            {
                trace.Block(sender.Id, "IGW_NO_PUBLIC_ADDRESS", $"{from.Address} has no public address");
            }
        }

        CheckGroups(trace, sender, isEgress: true, address, null, traffic);
        CheckList(trace, true, sender, isEgress: true, address, traffic);
        CheckList(trace, true, sender, isEgress: false, address, traffic.Answer, isAnswer: true);
        return trace.IsOpen ? seenAs : null;
    }

    private string? Carried(ReachTrace trace, NetworkInterface sender, string natId)
    {
        var gateway = cloud.Find(NatGateway.Table, sender.AccountId, natId)!;
        if (gateway.IsPrivate)
        {
            trace.Block(natId, "NO_ROUTE_TO_DESTINATION", "is a private NAT gateway, which carries nothing to the internet");
            return null;
        }

        if (HasWayOut(gateway.AccountId, gateway.SubnetId))
        {
            trace.Pass(natId, $"carries it as {gateway.PublicIp}");
            return gateway.PublicIp;
        }

        trace.Block(natId, "NO_ROUTE_TO_DESTINATION", $"is in {gateway.SubnetId}, which has no route to an internet gateway");
        return null;
    }

    /// <summary>In from a public address.</summary>
    private void Arrive(ReachTrace trace, string address, ReachEndpoint to, NetworkInterface receiver, ReachTraffic traffic)
    {
        if (to.PublicAddress is null || !to.IsByPublicAddress)
        {
            trace.Block(receiver.Id, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", $"{to.Address} is reached from outside by a public address only");
        }
        else if (!HasWayOut(receiver.AccountId, receiver.SubnetId))
        {
            trace.Block(receiver.SubnetId, "NO_ROUTE_TO_DESTINATION", "has no route to an internet gateway, and so no public address that works");
        }

        CheckList(trace, true, receiver, isEgress: false, address, traffic);
        CheckGroups(trace, receiver, isEgress: false, address, null, traffic);
        var (table, route) = RouteOf(receiver, address);
        if (table is null || route is not { IsInternet: true } || !RouteTableView.IsActive(cloud, table, route))
        {
            trace.Block(table?.Id ?? receiver.SubnetId, "NO_ROUTE_TO_DESTINATION", $"has no route to {address} by an internet gateway", isAnswer: true);
        }
        else
        {
            trace.Pass(table.Id, $"route {route.DestinationCidrBlock} leads to {route.GatewayId}", isAnswer: true);
        }

        CheckList(trace, true, receiver, isEgress: true, address, traffic.Answer, isAnswer: true);
    }

    private void CheckGroups(ReachTrace trace, NetworkInterface adapter, bool isEgress, string address, NetworkInterface? other, ReachTraffic traffic)
    {
        var (verb, end) = isEgress ? ("out", "to") : ("in", "from");
        if (_rules.FindRule(adapter, isEgress, address, other, traffic) is { } found)
        {
            trace.Pass(found.Group.Id, $"rule {found.Rule.Id} lets {traffic} {verb} {end} {Other(found.Rule)}");
        }
        else
        {
            trace.Block(string.Join(' ', adapter.SecurityGroupIds), "ENI_SG_RULES_MISMATCH", $"no rule of {adapter.Id} lets {traffic} {verb} {end} {address}");
        }
    }

    private void CheckList(ReachTrace trace, bool crosses, NetworkInterface adapter, bool isEgress, string address, ReachTraffic traffic, bool isAnswer = false)
    {
        // What stays in a subnet crosses no border.
        if (!crosses || SubnetOf(adapter) is not { } subnet || _rules.FindList(subnet) is not { } acl)
        {
            return;
        }

        var entry = ReachRules.FindEntry(acl, isEgress, address, traffic);
        var number = entry.RuleNumber == NetworkAclEntry.LastRuleNumber ? "*" : $"{entry.RuleNumber}";
        var text = $"{(isEgress ? "outbound" : "inbound")} entry {number} {(entry.Allow ? "allows" : "denies")} {traffic} {(isEgress ? "to" : "from")} {entry.CidrBlock}";
        if (entry.Allow)
        {
            trace.Pass(acl.Id, text, isAnswer);
        }
        else
        {
            trace.Block(acl.Id, "SUBNET_ACL_RESTRICTION", text, isAnswer);
        }
    }

    private bool HasWayOut(string accountId, string subnetId) =>
        cloud.Find(Subnet.Table, accountId, subnetId) is { } subnet && _rules.FindTable(subnet) is { } table
        && table.Routes.Any(route => route.IsInternet && RouteTableView.IsActive(cloud, table, route));

    private (RouteTable? Table, Route? Route) RouteOf(NetworkInterface adapter, string address)
    {
        var table = SubnetOf(adapter) is { } subnet ? _rules.FindTable(subnet) : null;
        return (table, table is null ? null : ReachRules.FindRoute(table, address));
    }

    private Subnet? SubnetOf(NetworkInterface adapter) => cloud.Find(Subnet.Table, adapter.AccountId, adapter.SubnetId);

    private static string Other(SecurityGroupRule rule) => rule.CidrIpv4 ?? rule.PrefixListId ?? $"members of {rule.ReferencedGroupId}";
}
