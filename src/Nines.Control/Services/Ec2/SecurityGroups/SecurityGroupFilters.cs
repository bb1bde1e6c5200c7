using System.Globalization;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>The filters over security groups and over their rules.</summary>
internal static class SecurityGroupFilters
{
    /// <summary>Those of DescribeSecurityGroups.</summary>
    public static readonly FilterSet<SecurityGroupView> Groups = AddRules(AddRules(
        new FilterSet<SecurityGroupView>()
            .Add("description", view => view.Group.Description)
            .Add("group-id", view => view.Group.Id)
            .Add("group-name", view => view.Group.Name)
            .Add("owner-id", view => view.Group.AccountId)
            .Add("vpc-id", view => view.Group.VpcId)
            .AddTags(view => view.Group.Tags),
        "ip-permission.",
        egress: false),
        "egress.ip-permission.",
        egress: true);

    /// <summary>Those of DescribeSecurityGroupRules.</summary>
    public static readonly FilterSet<(SecurityGroup Group, SecurityGroupRule Rule)> Rules = new FilterSet<(SecurityGroup Group, SecurityGroupRule Rule)>()
        .Add("group-id", pair => pair.Group.Id)
        .Add("security-group-rule-id", pair => pair.Rule.Id)
        .AddTags(pair => pair.Rule.Tags);

    private static FilterSet<SecurityGroupView> AddRules(FilterSet<SecurityGroupView> filters, string prefix, bool egress)
    {
        Add("cidr", (_, rule) => rule.CidrIpv4);
        Add("from-port", (_, rule) => Port(rule, rule.FromPort));
        Add("group-id", (_, rule) => rule.ReferencedGroupId);
        Add("group-name", (view, rule) => rule.ReferencedGroupId is { } id ? view.NameOf(id) : null);
        Add("ipv6-cidr", (_, rule) => rule.CidrIpv6);
        Add("prefix-list-id", (_, rule) => rule.PrefixListId);
        Add("protocol", (_, rule) => rule.Protocol);
        Add("to-port", (_, rule) => Port(rule, rule.ToPort));
        Add("user-id", (view, rule) => rule.ReferencedGroupId is null ? null : rule.Peer?.AccountId ?? view.Group.AccountId);
        return filters;

        void Add(string name, Func<SecurityGroupView, SecurityGroupRule, string?> value) =>
            filters.AddMany(prefix + name, view => view.Rules(egress).Select(rule => value(view, rule)));
    }

    private static string? Port(SecurityGroupRule rule, int port) =>
        rule.Protocol == SecurityGroupRule.AllProtocols ? null : port.ToString(CultureInfo.InvariantCulture);
}
