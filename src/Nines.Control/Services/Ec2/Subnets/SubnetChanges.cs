using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using FlowLog = Nines.Control.Services.Ec2.FlowLogs.FlowLog;
using NetworkAcl = Nines.Control.Services.Ec2.NetworkAcls.NetworkAcl;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using RouteTable = Nines.Control.Services.Ec2.RouteTables.RouteTable;
using SubnetCidrReservation = Nines.Control.Services.Ec2.SubnetCidrReservations.SubnetCidrReservation;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.Subnets;

/// <summary>Making, changing and deleting subnets.</summary>
internal sealed class SubnetChanges(Cloud cloud, ZoneCatalog zones, SubnetRecords records) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateSubnet, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteSubnet, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.ModifySubnetAttribute, ModifyAttributeAsync);
    }

    private async ValueTask<CreateSubnetResult> CreateAsync(CreateSubnetRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Ipv6CidrBlock is not null || input.Ipv6Native == true || input.Ipv6IpamPoolId is not null)
        {
            throw Ec2Errors.NoIpv6();
        }

        if (input.OutpostArn is not null || input.Ipv4IpamPoolId is not null)
        {
            throw Ec2Errors.Unsupported("This cloud has no outposts and no IPAM pools.");
        }

        var block = VpcCidrRules.ParseBlock(input.CidrBlock);
        var asked = FindZone(input.AvailabilityZone, input.AvailabilityZoneId);
        var tags = TagRules.Parse(input.TagSpecifications, "subnet").For("subnet");
        var subnet = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = VpcLookup.RequireForChange(transaction, call.AccountId, input.VpcId);
                var others = transaction.By(Subnet.ByVpc, vpc.Id);
                CheckBlock(block, vpc, others);
                call.AnswerDryRun();
                // Where the client leaves the zone open, the one with the fewest of the VPC's subnets.
                var zone = asked ?? zones.Zones.MinBy(zone => others.Count(other => other.AvailabilityZone == zone.Name))!;
                return records.Add(transaction, vpc, block, zone, made => made with { Tags = tags });
            },
            cancellationToken);
        return new CreateSubnetResult { Subnet = SubnetDescriptions.Describe(cloud, subnet, call.Region) };
    }

    private async ValueTask<DeleteSubnetResult> DeleteAsync(DeleteSubnetRequest input, Call call, CancellationToken cancellationToken)
    {
        // Closed first: an adapter that commits beside this is seen by the second look, and one that comes later sees that it is closed.
        var id = await cloud.WriteAsync(call, transaction => Close(transaction, call, input.SubnetId), cancellationToken);
        var isUsed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.Find(Subnet.Table, call.AccountId, id) is not { } subnet)
                {
                    return false;
                }

                if (transaction.By(NetworkInterface.BySubnet, subnet.Id).Count > 0)
                {
                    transaction.Put(Subnet.Table, subnet with { IsClosing = false });
                    return true;
                }

                foreach (var listed in transaction.By(NetworkAcl.BySubnet, subnet.Id))
                {
                    var acl = transaction.Find(NetworkAcl.Table, listed.AccountId, listed.Id)!;
                    transaction.Put(NetworkAcl.Table, acl with { Associations = acl.Associations.RemoveAll(association => association.SubnetId == subnet.Id) });
                }

                foreach (var listed in transaction.By(RouteTable.BySubnet, subnet.Id))
                {
                    var table = transaction.Find(RouteTable.Table, listed.AccountId, listed.Id)!;
                    transaction.Put(RouteTable.Table, table with { Associations = table.Associations.RemoveAll(association => association.SubnetId == subnet.Id) });
                }

                FlowLog.DeleteAllOf(transaction, subnet.Id);
                foreach (var reservation in transaction.By(SubnetCidrReservation.BySubnet, subnet.Id).ToArray())
                {
                    transaction.Delete(SubnetCidrReservation.Table, reservation);
                }

                transaction.Delete(Subnet.Table, subnet);
                return false;
            },
            cancellationToken);
        return isUsed ? throw SubnetErrors.HasDependencies(id) : new DeleteSubnetResult();
    }

    private static string Close(CloudTransaction transaction, Call call, string? subnetId)
    {
        var subnet = Require(transaction, call.AccountId, subnetId);
        if (transaction.By(NetworkInterface.BySubnet, subnet.Id).Count > 0)
        {
            throw SubnetErrors.HasDependencies(subnet.Id);
        }

        call.AnswerDryRun();
        transaction.Put(Subnet.Table, subnet with { IsClosing = true });
        return subnet.Id;
    }

    private async ValueTask<ModifySubnetAttributeResult> ModifyAttributeAsync(ModifySubnetAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        object?[] given =
        [
            input.AssignIpv6AddressOnCreation, input.MapPublicIpOnLaunch, input.MapCustomerOwnedIpOnLaunch, input.EnableDns64, input.PrivateDnsHostnameTypeOnLaunch,
            input.EnableResourceNameDnsARecordOnLaunch, input.EnableResourceNameDnsAAAARecordOnLaunch, input.EnableLniAtDeviceIndex, input.DisableLniAtDeviceIndex,
        ];
        if (given.Count(value => value is not null) != 1)
        {
            throw Ec2Errors.InvalidParameterCombination("Exactly one attribute of a subnet can be modified at a time.");
        }

        if (input.AssignIpv6AddressOnCreation?.Value == true || input.EnableDns64?.Value == true || input.EnableResourceNameDnsAAAARecordOnLaunch?.Value == true)
        {
            throw Ec2Errors.NoIpv6();
        }

        if (input.MapCustomerOwnedIpOnLaunch?.Value == true || input.EnableLniAtDeviceIndex is not null)
        {
            throw Ec2Errors.NoOutposts();
        }

        if (input.PrivateDnsHostnameTypeOnLaunch is not (null or "ip-name"))
        {
            throw input.PrivateDnsHostnameTypeOnLaunch == "resource-name"
                ? Ec2Errors.Unsupported("Instances of this cloud are named after their addresses (ip-name).")
                : Ec2Errors.InvalidValue("privateDnsHostnameTypeOnLaunch", input.PrivateDnsHostnameTypeOnLaunch);
        }

        if (input.EnableResourceNameDnsARecordOnLaunch?.Value == true)
        {
            throw Ec2Errors.Unsupported("Instances of this cloud are named after their addresses (ip-name).");
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var subnet = Require(transaction, call.AccountId, input.SubnetId);
                transaction.Put(Subnet.Table, subnet with { MapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value ?? subnet.MapPublicIpOnLaunch });
            },
            cancellationToken);
        return new ModifySubnetAttributeResult();
    }

    private static Subnet Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(Subnet.Table, accountId, ResourceId.Parse<SubnetId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.Subnet, id!);

    private static void CheckBlock(Ipv4Block block, Vpc vpc, IReadOnlyCollection<Subnet> others)
    {
        if (block.PrefixLength is < AddressAllocator.LargestPrefix or > AddressAllocator.SmallestPrefix
            || !vpc.CidrBlocks.Any(known => Ipv4Block.Parse(known.CidrBlock).Contains(block)))
        {
            throw SubnetErrors.Range(block.ToString());
        }

        if (others.Any(other => other.Block.Overlaps(block)))
        {
            throw SubnetErrors.Conflict(block.ToString());
        }

        if (others.Count >= NetworkLimits.MaxSubnetsPerVpc)
        {
            throw SubnetErrors.TooMany();
        }
    }

    private Zone? FindZone(string? name, string? id)
    {
        if (name is not null && id is not null)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter availabilityZone cannot be used with the parameter availabilityZoneId");
        }

        return name is not null ? zones.Find(name) ?? throw SubnetErrors.UnknownZone("availabilityZone", name, zones)
            : id is not null ? zones.FindById(id) ?? throw SubnetErrors.UnknownZone("availabilityZoneId", id, zones)
            : null;
    }
}
