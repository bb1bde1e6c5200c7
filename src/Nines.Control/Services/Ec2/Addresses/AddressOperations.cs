using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>What a client may ask of elastic addresses.</summary>
internal sealed class AddressOperations : IOperations
{
    private const string Domain = "vpc";
    private readonly Cloud _cloud;
    private readonly string _region;
    private readonly FilterSet<ElasticAddress> _filters;

    public AddressOperations(Cloud cloud, string region)
    {
        _cloud = cloud;
        _region = region;
        _filters = new FilterSet<ElasticAddress>()
            .Add("allocation-id", address => address.Id)
            .Add("association-id", address => address.AssociationId)
            .Add("domain", _ => Domain)
            .Add("instance-id", InstanceOf)
            .Add("network-border-group", _ => _region)
            .Add("network-interface-id", address => address.NetworkInterfaceId)
            .Add("network-interface-owner-id", address => address.NetworkInterfaceId is null ? null : address.AccountId)
            .Add("private-ip-address", address => address.PrivateIpAddress)
            .Add("public-ip", address => address.PublicIp)
            .AddTags(address => address.Tags);
    }

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeAddresses, DescribeAsync);
        table.On(Ec2Api.DescribeAddressesAttribute, DescribeAttributeAsync);
    }

    private ValueTask<DescribeAddressesResult> DescribeAsync(DescribeAddressesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = _filters.Compile(input.Filters);
        IEnumerable<ElasticAddress> addresses = Lookup.Select<ElasticAddress, AllocationId>(_cloud, ElasticAddress.Table, call.AccountId, input.AllocationIds);
        if (input.PublicIps is { Count: > 0 } asked)
        {
            var own = addresses.ToDictionary(address => address.PublicIp);
            string[] missing = [.. asked.Where(address => !own.ContainsKey(address))];
            addresses = missing.Length == 0 ? asked.Distinct().Select(address => own[address]) : throw AddressErrors.NotFound(missing);
        }

        return new(new DescribeAddressesResult { Addresses = [.. addresses.Where(matches).Select(Describe)] });
    }

    private ValueTask<DescribeAddressesAttributeResult> DescribeAttributeAsync(DescribeAddressesAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Attribute is not (null or "domain-name"))
        {
            throw Ec2Errors.InvalidValue("attribute", input.Attribute, "Valid values are domain-name.");
        }

        var page = PageRequest.Parse(new PageLimits(1, 1000), input.MaxResults, input.NextToken, new PageScope("DescribeAddressesAttribute", call.AccountId));
        var addresses = Lookup.Select<ElasticAddress, AllocationId>(_cloud, ElasticAddress.Table, call.AccountId, input.AllocationIds, page.AfterKey);
        var (items, next) = page.Take(addresses, address => address.Id);
        return new(new DescribeAddressesAttributeResult
        {
            // No address here has a name that was set for it.
            Addresses = [.. items.Select(address => new AddressAttribute { AllocationId = address.Id, PublicIp = address.PublicIp })],
            NextToken = next,
        });
    }

    private Address Describe(ElasticAddress address) => new()
    {
        AllocationId = address.Id,
        AssociationId = address.AssociationId,
        Domain = Domain,
        InstanceId = InstanceOf(address),
        NetworkBorderGroup = _region,
        NetworkInterfaceId = address.NetworkInterfaceId,
        NetworkInterfaceOwnerId = address.NetworkInterfaceId is null ? null : address.AccountId,
        PrivateIpAddress = address.PrivateIpAddress,
        PublicIp = address.PublicIp,
        PublicIpv4Pool = "amazon",
        Tags = address.Tags.ToApiOrNull(),
    };

    private string? InstanceOf(ElasticAddress address) => address.NetworkInterfaceId is { } id
        ? _cloud.Find(NetworkInterface.Table, address.AccountId, id)?.Attachment?.InstanceId
        : null;
}
