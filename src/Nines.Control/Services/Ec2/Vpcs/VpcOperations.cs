using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>What a client may ask of VPCs.</summary>
internal sealed class VpcOperations(Cloud cloud) : IOperations
{
    // A VPC is there as soon as it is recorded; hosts make its networks when a machine needs them.
    private const string Available = "available";
    private const string Associated = "associated";

    /// <summary>The filters of DescribeVpcs.</summary>
    internal static readonly FilterSet<Vpc> Filters = new FilterSet<Vpc>()
        .Add("cidr", vpc => vpc.CidrBlock)
        .Add("cidr-block", vpc => vpc.CidrBlock)
        .Add("cidrBlock", vpc => vpc.CidrBlock)
        .AddMany("cidr-block-association.cidr-block", vpc => vpc.CidrBlocks.Select(block => block.CidrBlock))
        .AddMany("cidr-block-association.association-id", vpc => vpc.CidrBlocks.Select(block => block.AssociationId))
        .Add("cidr-block-association.state", _ => Associated)
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
        .Add("state", _ => Available)
        .Add("vpc-id", vpc => vpc.Id)
        .AddTags(vpc => vpc.Tags);

    /// <inheritdoc/>
    public void Map(OperationTable table) => table.On(Ec2Api.DescribeVpcs, DescribeVpcsAsync);

    private ValueTask<DescribeVpcsResult> DescribeVpcsAsync(DescribeVpcsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeVpcs", call.AccountId, input.Filters));
        var vpcs = Lookup.Select<Vpc, VpcId>(cloud, Vpc.Table, call.AccountId, input.VpcIds, page.AfterKey);
        var (items, next) = page.Take(vpcs.Where(matches), vpc => vpc.Id);
        return new(new DescribeVpcsResult { Vpcs = [.. items.Select(Describe)], NextToken = next });
    }

    private static Api.Ec2.Vpc Describe(Vpc vpc) => new()
    {
        VpcId = vpc.Id,
        OwnerId = vpc.AccountId,
        State = Available,
        CidrBlock = vpc.CidrBlock,
        CidrBlockAssociationSet =
        [
            .. vpc.CidrBlocks.Select(block => new VpcCidrBlockAssociation
            {
                AssociationId = block.AssociationId,
                CidrBlock = block.CidrBlock,
                CidrBlockState = new VpcCidrBlockState { State = Associated },
            }),
        ],
        DhcpOptionsId = vpc.DhcpOptionsId,
        InstanceTenancy = vpc.InstanceTenancy,
        IsDefault = vpc.IsDefault,
        Tags = vpc.Tags.ToApiOrNull(),
    };
}
