using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>
/// Whether VPCs are linked with EC2-Classic. None is: AWS retired that network, and it never was here. Tools still ask, and take an answer
/// without the VPC, or an error, for a fault.
/// </summary>
internal sealed class ClassicLinks(Cloud cloud) : IOperations
{
    private static readonly FilterSet<Vpc> s_filters = new FilterSet<Vpc>()
        .Add("is-classic-link-enabled", _ => false)
        .AddTags(vpc => vpc.Tags);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeVpcClassicLink, DescribeAsync);
        table.On(Ec2Api.DescribeVpcClassicLinkDnsSupport, DescribeDnsSupportAsync);
    }

    private ValueTask<DescribeVpcClassicLinkResult> DescribeAsync(DescribeVpcClassicLinkRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = s_filters.Compile(input.Filters);
        var vpcs = Lookup.Select<Vpc, VpcId>(cloud, Vpc.Table, call.AccountId, input.VpcIds);
        return new(new DescribeVpcClassicLinkResult
        {
            Vpcs = [.. vpcs.Where(matches).Select(vpc => new VpcClassicLink { VpcId = vpc.Id, ClassicLinkEnabled = false, Tags = Tags.TagMap.ToApi(vpc.Tags) })],
        });
    }

    private ValueTask<DescribeVpcClassicLinkDnsSupportResult> DescribeDnsSupportAsync(DescribeVpcClassicLinkDnsSupportRequest input, Call call, CancellationToken cancellationToken)
    {
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeVpcClassicLinkDnsSupport", call.AccountId));
        var vpcs = Lookup.Select<Vpc, VpcId>(cloud, Vpc.Table, call.AccountId, input.VpcIds, page.AfterKey);
        var (items, next) = page.Take(vpcs, vpc => vpc.Id);
        return new(new DescribeVpcClassicLinkDnsSupportResult
        {
            Vpcs = [.. items.Select(vpc => new ClassicLinkDnsSupport { VpcId = vpc.Id, ClassicLinkDnsSupported = false })],
            NextToken = next,
        });
    }
}
