using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>What a client may ask of VPCs.</summary>
internal sealed class VpcOperations(Cloud cloud) : IOperations
{
    /// <summary>The filters of DescribeVpcs.</summary>
    internal static readonly FilterSet<Vpc> Filters = new FilterSet<Vpc>()
        .Add("cidr", vpc => vpc.CidrBlock)
        .Add("cidr-block", vpc => vpc.CidrBlock)
        .Add("cidrBlock", vpc => vpc.CidrBlock)
        .AddMany("cidr-block-association.cidr-block", vpc => vpc.CidrBlocks.Select(block => block.CidrBlock))
        .AddMany("cidr-block-association.association-id", vpc => vpc.CidrBlocks.Select(block => block.AssociationId))
        .Add("cidr-block-association.state", _ => VpcDescriptions.Associated)
        .Add("dhcp-options-id", vpc => vpc.DhcpOptionsId)
        .Add("dhcpOptionsId", vpc => vpc.DhcpOptionsId)
        .AddNeverMatching(
            "ipv6-cidr-block-association.ipv6-cidr-block",
            "ipv6-cidr-block-association.ipv6-pool",
            "ipv6-cidr-block-association.association-id",
            "ipv6-cidr-block-association.state")
        .Add("is-default", vpc => vpc.IsDefault)
        .Add("isDefault", vpc => vpc.IsDefault)
        .Add("owner-id", vpc => vpc.AccountId)
        .Add("state", _ => VpcDescriptions.Available)
        .Add("vpc-id", vpc => vpc.Id)
        .AddTags(vpc => vpc.Tags);

    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeVpcs, DescribeVpcsAsync);
        table.On(Ec2Api.DescribeVpcAttribute, DescribeVpcAttributeAsync);
    }

    private ValueTask<DescribeVpcsResult> DescribeVpcsAsync(DescribeVpcsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeVpcs", call.AccountId, input.Filters));
        var vpcs = Lookup.Select<Vpc, VpcId>(cloud, Vpc.Table, call.AccountId, input.VpcIds, page.AfterKey);
        var (items, next) = page.Take(vpcs.Where(matches), vpc => vpc.Id);
        return new(new DescribeVpcsResult { Vpcs = [.. items.Select(vpc => VpcDescriptions.Describe(vpc))], NextToken = next });
    }

    private ValueTask<DescribeVpcAttributeResult> DescribeVpcAttributeAsync(DescribeVpcAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var vpc = Lookup.Select<Vpc, VpcId>(cloud, Vpc.Table, call.AccountId, [input.VpcId!]).Single();
        var result = new DescribeVpcAttributeResult { VpcId = vpc.Id };
        return new(input.Attribute switch
        {
            "enableDnsSupport" => result with { EnableDnsSupport = Value(vpc.EnableDnsSupport) },
            "enableDnsHostnames" => result with { EnableDnsHostnames = Value(vpc.EnableDnsHostnames) },
            "enableNetworkAddressUsageMetrics" => result with { EnableNetworkAddressUsageMetrics = Value(vpc.EnableNetworkAddressUsageMetrics) },
            _ => throw Ec2Errors.InvalidValue("attribute", input.Attribute, "Unknown attribute."),
        });

        static AttributeBooleanValue Value(bool value) => new() { Value = value };
    }
}
