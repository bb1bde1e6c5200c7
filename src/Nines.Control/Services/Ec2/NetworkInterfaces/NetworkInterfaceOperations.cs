using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>What a client may ask of network interfaces.</summary>
internal sealed class NetworkInterfaceOperations : IOperations
{
    private readonly Cloud _cloud;
    private readonly string _region;
    private readonly FilterSet<NetworkInterface> _filters;

    public NetworkInterfaceOperations(Cloud cloud, ZoneCatalog zones)
    {
        _cloud = cloud;
        _region = zones.Region;
        _filters = Filters();
    }

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeNetworkInterfaces, DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeNetworkInterfaceAttribute, DescribeAttributeAsync, answersDryRun: true);
    }

    private ValueTask<DescribeNetworkInterfaceAttributeResult> DescribeAttributeAsync(
        DescribeNetworkInterfaceAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var adapter = FindAll(ResourceId.ParseAll<NetworkInterfaceId>([input.NetworkInterfaceId!]), call.AccountId).Single();
        var result = new DescribeNetworkInterfaceAttributeResult { NetworkInterfaceId = adapter.Id };
        result = input.Attribute switch
        {
            "description" => result with { Description = new AttributeValue { Value = adapter.Description } },
            "groupSet" => result with { Groups = Groups(adapter) },
            "sourceDestCheck" => result with { SourceDestCheck = new AttributeBooleanValue { Value = adapter.SourceDestCheck } },
            "attachment" => result with { Attachment = Describe(adapter).Attachment },
            "associatePublicIpAddress" => result with { AssociatePublicIpAddress = adapter.AssociatePublicIpAddress },
            null => throw Ec2Errors.MissingParameter("attribute"),
            _ => throw Ec2Errors.InvalidValue("attribute", input.Attribute, "Unknown attribute."),
        };
        call.AnswerDryRun();
        return new(result);
    }

    /// <summary>Network interfaces, ordered by id.</summary>
    public ValueTask<DescribeNetworkInterfacesResult> DescribeAsync(DescribeNetworkInterfacesRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.NetworkInterfaceIds, "networkInterfaceIdSet");
        var ids = ResourceId.ParseAll<NetworkInterfaceId>(input.NetworkInterfaceIds);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeNetworkInterfaces", call.AccountId, input.Filters));
        var matches = _filters.Compile(input.Filters);
        var adapters = ids.Count > 0 ? FindAll(ids, call.AccountId) : _cloud.List(NetworkInterface.Table, call.AccountId, page.AfterKey);
        call.AnswerDryRun();
        var (items, next) = page.Take(adapters.Where(matches), adapter => adapter.Id);
        return ValueTask.FromResult(new DescribeNetworkInterfacesResult { NetworkInterfaces = [.. items.Select(Describe)], NextToken = next });
    }

    private FilterSet<NetworkInterface> Filters() => new FilterSet<NetworkInterface>()
        .AddMany("addresses.association.owner-id", adapter => adapter.Addresses.Select(address => OwnerOf(adapter, address)))
        .AddMany("addresses.association.public-ip", adapter => adapter.Addresses.Select(address => address.PublicIpAddress))
        .AddMany("addresses.primary", adapter => adapter.Addresses.Select((_, index) => index == 0 ? "true" : "false"))
        .AddMany("addresses.private-ip-address", adapter => adapter.Addresses.Select(address => address.PrivateIpAddress))
        .AddMany("association.allocation-id", adapter => adapter.Addresses.Select(address => address.AllocationId))
        .AddMany("association.association-id", adapter => adapter.Addresses.Select(address => AssociationOf(adapter, address)))
        .AddMany("association.ip-owner-id", adapter => adapter.Addresses.Select(address => OwnerOf(adapter, address)))
        .AddMany("association.public-ip", adapter => adapter.Addresses.Select(address => address.PublicIpAddress))
        .AddMany("association.public-dns-name", adapter => adapter.Addresses.Select(address => PublicName(adapter, address)))
        .Add("attachment.attach-time", adapter => Time(adapter.Attachment?.AttachTime))
        .Add("attachment.attachment-id", adapter => adapter.Attachment?.Id)
        .Add("attachment.delete-on-termination", adapter => adapter.Attachment is { } attachment ? attachment.DeleteOnTermination ? "true" : "false" : null)
        .Add("attachment.device-index", adapter => adapter.Attachment is { } attachment ? $"{attachment.DeviceIndex}" : null)
        .Add("attachment.instance-id", adapter => adapter.Attachment?.InstanceId)
        .Add("attachment.instance-owner-id", adapter => adapter.Attachment is null ? null : adapter.AccountId)
        .Add("attachment.status", AttachmentStatus)
        .Add("availability-zone", adapter => adapter.Zone)
        .Add("description", adapter => adapter.Description)
        .AddMany("group-id", adapter => adapter.SecurityGroupIds)
        .AddMany("group-name", adapter => Groups(adapter).Select(group => group.GroupName))
        .Add("interface-type", TypeOf)
        .Add("mac-address", adapter => adapter.MacAddress)
        .Add("network-interface-id", adapter => adapter.Id)
        .Add("owner-id", adapter => adapter.AccountId)
        .Add("private-dns-name", adapter => InstanceNames.PrivateDnsName(adapter.PrivateIpAddress, _region))
        .Add("private-ip-address", adapter => adapter.PrivateIpAddress)
        .Add("requester-managed", adapter => adapter.ManagerId is not null)
        .Add("source-dest-check", adapter => adapter.SourceDestCheck)
        .Add("status", Status)
        .Add("subnet-id", adapter => adapter.SubnetId)
        .Add("vpc-id", adapter => adapter.VpcId)
        .AddNeverMatching(
            "ipv6-addresses.ipv6-address", "requester-id", "operator.managed", "operator.principal")
        .AddTags(adapter => adapter.Tags);

    private IEnumerable<NetworkInterface> FindAll(IReadOnlyList<NetworkInterfaceId> ids, string accountId)
    {
        var found = ids.Select(id => _cloud.Find(NetworkInterface.Table, accountId, id.Value)).ToArray();
        var missing = ids.Where((_, index) => found[index] is null).Select(id => id.Value).ToArray();
        return missing.Length == 0
            ? found.OfType<NetworkInterface>().OrderBy(adapter => adapter.Id, StringComparer.Ordinal)
            : throw Ec2Errors.NotFound(ResourceKind.NetworkInterface, missing);
    }

    /// <summary>An interface as EC2 answers it.</summary>
    internal Api.Ec2.NetworkInterface Describe(NetworkInterface adapter)
    {
        return new Api.Ec2.NetworkInterface
        {
            Association = Association(adapter, adapter.Addresses.First()),
            Attachment = adapter.Attachment is not { } attachment ? null : new Api.Ec2.NetworkInterfaceAttachment
            {
                AttachTime = attachment.AttachTime,
                AttachmentId = attachment.Id,
                DeleteOnTermination = attachment.DeleteOnTermination,
                DeviceIndex = attachment.DeviceIndex,
                NetworkCardIndex = 0,
                InstanceId = attachment.InstanceId,
                InstanceOwnerId = adapter.AccountId,
                Status = AttachmentStatus(adapter),
            },
            AvailabilityZone = adapter.Zone,
            Description = adapter.Description,
            Groups = Groups(adapter),
            InterfaceType = TypeOf(adapter),
            Ipv6Addresses = [],
            MacAddress = adapter.MacAddress,
            NetworkInterfaceId = adapter.Id,
            OwnerId = adapter.AccountId,
            PrivateDnsName = InstanceNames.PrivateDnsName(adapter.PrivateIpAddress, _region),
            PrivateIpAddress = adapter.PrivateIpAddress,
            PrivateIpAddresses =
            [
                .. adapter.Addresses.Select((address, index) => new NetworkInterfacePrivateIpAddress
                {
                    Association = Association(adapter, address),
                    Primary = index == 0,
                    PrivateDnsName = InstanceNames.PrivateDnsName(address.PrivateIpAddress, _region),
                    PrivateIpAddress = address.PrivateIpAddress,
                }),
            ],
            RequesterManaged = adapter.ManagerId is not null,
            SourceDestCheck = adapter.SourceDestCheck,
            Status = Status(adapter),
            SubnetId = adapter.SubnetId,
            TagSet = adapter.Tags.ToApi(),
            VpcId = adapter.VpcId,
        };
    }

    private IReadOnlyList<GroupIdentifier> Groups(NetworkInterface adapter) =>
    [
        .. adapter.SecurityGroupIds.Select(id => new GroupIdentifier { GroupId = id, GroupName = _cloud.Find(SecurityGroup.Table, adapter.AccountId, id)?.Name }),
    ];

    private NetworkInterfaceAssociation? Association(NetworkInterface adapter, InterfaceAddress address) => address.PublicIpAddress is null ? null : new()
    {
        AllocationId = address.AllocationId,
        AssociationId = AssociationOf(adapter, address),
        IpOwnerId = OwnerOf(adapter, address),
        PublicDnsName = PublicName(adapter, address) ?? "",
        PublicIp = address.PublicIpAddress,
    };

    /// <summary>Whose a public address is: one of the pool is the cloud's, which calls itself as AWS does.</summary>
    private static string? OwnerOf(NetworkInterface adapter, InterfaceAddress address) =>
        address.PublicIpAddress is null ? null : address.AllocationId is null ? "amazon" : adapter.AccountId;

    private string? AssociationOf(NetworkInterface adapter, InterfaceAddress address) =>
        address.AllocationId is { } id ? _cloud.Find(ElasticAddress.Table, adapter.AccountId, id)?.AssociationId : null;

    private string? PublicName(NetworkInterface adapter, InterfaceAddress address) =>
        address.PublicIpAddress is { } publicIp && _cloud.Find(Vpc.Table, adapter.AccountId, adapter.VpcId) is { EnableDnsHostnames: true }
            ? InstanceNames.PublicDnsName(publicIp, _region)
            : null;

    private string? AttachmentStatus(NetworkInterface adapter) => adapter.Attachment is not { } attachment
        ? null
        : InterfaceRecords.StatusOf(attachment, _cloud.Find(Instance.Table, adapter.AccountId, attachment.InstanceId));

    private static string TypeOf(NetworkInterface adapter) => adapter.ManagerId is null ? "interface" : "nat_gateway";

    private static string Status(NetworkInterface adapter) => adapter.Attachment is null && adapter.ManagerId is null ? "available" : "in-use";

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
