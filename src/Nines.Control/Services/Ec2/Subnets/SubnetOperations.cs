using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Subnets;

/// <summary>What a client may ask of subnets.</summary>
internal sealed class SubnetOperations(Cloud cloud) : IOperations
{
    /// <summary>The filters of DescribeSubnets.</summary>
    internal static readonly FilterSet<SubnetView> Filters = new FilterSet<SubnetView>()
        .Add("availability-zone", view => view.Subnet.AvailabilityZone)
        .Add("availabilityZone", view => view.Subnet.AvailabilityZone)
        .Add("availability-zone-id", view => view.Subnet.AvailabilityZoneId)
        .Add("availabilityZoneId", view => view.Subnet.AvailabilityZoneId)
        .Add("available-ip-address-count", view => view.AvailableAddresses)
        .Add("cidr-block", view => view.Subnet.CidrBlock)
        .Add("cidr", view => view.Subnet.CidrBlock)
        .Add("cidrBlock", view => view.Subnet.CidrBlock)
        .Add("default-for-az", view => view.Subnet.DefaultForAz)
        .Add("defaultForAz", view => view.Subnet.DefaultForAz)
        .Add("enable-dns64", _ => false)
        .AddNeverMatching(
            "customer-owned-ipv4-pool",
            "enable-lni-at-device-index",
            "ipv6-cidr-block-association.ipv6-cidr-block",
            "ipv6-cidr-block-association.association-id",
            "ipv6-cidr-block-association.state",
            "outpost-arn")
        .Add("ipv6-native", _ => false)
        .Add("map-customer-owned-ip-on-launch", _ => false)
        .Add("map-public-ip-on-launch", view => view.Subnet.MapPublicIpOnLaunch)
        .Add("owner-id", view => view.Subnet.AccountId)
        .Add("private-dns-name-options-on-launch.hostname-type", view => view.Subnet.HostnameType)
        .Add("private-dns-name-options-on-launch.enable-resource-name-dns-a-record", view => view.Subnet.EnableResourceNameDnsARecord)
        .Add("private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", _ => false)
        .Add("state", _ => SubnetDescriptions.Available)
        .Add("subnet-arn", view => view.Arn)
        .Add("subnet-id", view => view.Subnet.Id)
        .Add("vpc-id", view => view.Subnet.VpcId)
        .AddTags(view => view.Subnet.Tags);

    /// <inheritdoc/>
    public void Map(OperationTable table) => table.On(Ec2Api.DescribeSubnets, DescribeSubnetsAsync);

    private ValueTask<DescribeSubnetsResult> DescribeSubnetsAsync(DescribeSubnetsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeSubnets", call.AccountId, input.Filters));
        var views = Lookup.Select<Subnet, SubnetId>(cloud, Subnet.Table, call.AccountId, input.SubnetIds, page.AfterKey)
            .Select(subnet => new SubnetView(subnet, AddressAllocator.Available(cloud, subnet), call.Region));
        var (items, next) = page.Take(views.Where(matches), view => view.Subnet.Id);
        return new(new DescribeSubnetsResult { Subnets = [.. items.Select(SubnetDescriptions.Describe)], NextToken = next });
    }
}
