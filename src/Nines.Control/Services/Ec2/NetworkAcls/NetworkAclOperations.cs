using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkAcls;

/// <summary>What a client may ask of network access lists.</summary>
internal sealed class NetworkAclOperations(Cloud cloud) : IOperations
{
    /// <summary>The filters of DescribeNetworkAcls.</summary>
    internal static readonly FilterSet<NetworkAcl> Filters = new FilterSet<NetworkAcl>()
        .AddMany("association.association-id", acl => acl.Associations.Select(association => association.Id))
        .AddMany("association.network-acl-id", acl => acl.Associations.Select(_ => acl.Id))
        .AddMany("association.subnet-id", acl => acl.Associations.Select(association => association.SubnetId))
        .Add("default", acl => acl.IsDefault)
        .AddMany("entry.cidr", acl => acl.Entries.Select(entry => entry.CidrBlock))
        .AddMany("entry.icmp.code", acl => acl.Entries.Where(entry => entry.IsIcmp).Select(entry => Number(entry.ToPort)))
        .AddMany("entry.icmp.type", acl => acl.Entries.Where(entry => entry.IsIcmp).Select(entry => Number(entry.FromPort)))
        .AddNeverMatching("entry.ipv6-cidr")
        .AddMany("entry.port-range.from", acl => acl.Entries.Where(entry => !entry.IsIcmp).Select(entry => Number(entry.FromPort)))
        .AddMany("entry.port-range.to", acl => acl.Entries.Where(entry => !entry.IsIcmp).Select(entry => Number(entry.ToPort)))
        .AddMany("entry.protocol", acl => acl.Entries.SelectMany(entry => ProtocolNames(entry.Protocol)))
        .AddMany("entry.rule-action", acl => acl.Entries.Select(Action))
        .AddMany("entry.egress", acl => acl.Entries.Select(entry => entry.IsEgress ? "true" : "false"))
        .AddMany("entry.rule-number", acl => acl.Entries.Select(entry => Number(entry.RuleNumber)))
        .Add("network-acl-id", acl => acl.Id)
        .Add("owner-id", acl => acl.AccountId)
        .Add("vpc-id", acl => acl.VpcId)
        .AddTags(acl => acl.Tags);

    public void Map(OperationTable table) => table.On(Ec2Api.DescribeNetworkAcls, DescribeAsync);

    private ValueTask<DescribeNetworkAclsResult> DescribeAsync(DescribeNetworkAclsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeNetworkAcls", call.AccountId, input.Filters));
        var acls = Lookup.Select<NetworkAcl, NetworkAclId>(cloud, NetworkAcl.Table, call.AccountId, input.NetworkAclIds, page.AfterKey);
        var (items, next) = page.Take(acls.Where(matches), acl => acl.Id);
        return new(new DescribeNetworkAclsResult { NetworkAcls = [.. items.Select(Describe)], NextToken = next });
    }

    /// <summary>A list as EC2 answers it.</summary>
    internal static Api.Ec2.NetworkAcl Describe(NetworkAcl acl) => new()
    {
        NetworkAclId = acl.Id,
        VpcId = acl.VpcId,
        OwnerId = acl.AccountId,
        IsDefault = acl.IsDefault,
        Associations =
        [
            .. acl.Associations.Select(association => new Api.Ec2.NetworkAclAssociation
            {
                NetworkAclAssociationId = association.Id,
                NetworkAclId = acl.Id,
                SubnetId = association.SubnetId,
            }),
        ],
        Entries = [.. acl.Entries.Select(Describe)],
        Tags = acl.Tags.ToApiOrNull(),
    };

    private static Api.Ec2.NetworkAclEntry Describe(NetworkAclEntry entry) => new()
    {
        RuleNumber = entry.RuleNumber,
        Egress = entry.IsEgress,
        Protocol = entry.Protocol,
        CidrBlock = entry.CidrBlock,
        RuleAction = Action(entry),
        PortRange = entry.IsIcmp || entry.FromPort is null ? null : new PortRange { From = entry.FromPort, To = entry.ToPort },
        IcmpTypeCode = entry.IsIcmp ? new IcmpTypeCode { Type = entry.FromPort ?? -1, Code = entry.ToPort ?? -1 } : null,
    };

    private static string Action(NetworkAclEntry entry) => entry.Allow ? "allow" : "deny";

    private static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static string[] ProtocolNames(string protocol) => protocol switch
    {
        "1" => ["1", "icmp"],
        "6" => ["6", "tcp"],
        "17" => ["17", "udp"],
        _ => [protocol],
    };
}
