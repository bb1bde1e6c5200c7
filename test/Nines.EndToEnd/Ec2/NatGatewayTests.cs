using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class NatGatewayTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreateNatGateway", "DeleteNatGateway", "DescribeNatGateways")]
    public async Task A_private_subnet_gets_a_way_out_and_loses_it()
    {
        var answer = await cloud.Boto.RunAsync("""
            v = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
            s = ec2.create_subnet(VpcId=v, CidrBlock='10.0.1.0/24')['Subnet']['SubnetId']
            e = ec2.allocate_address(Domain='vpc')
            closed = refused(lambda: ec2.create_nat_gateway(SubnetId=s, AllocationId=e['AllocationId']))
            g = ec2.create_internet_gateway()['InternetGateway']['InternetGatewayId']
            ec2.attach_internet_gateway(InternetGatewayId=g, VpcId=v)
            n = ec2.create_nat_gateway(SubnetId=s, AllocationId=e['AllocationId'])['NatGateway']['NatGatewayId']
            ec2.get_waiter('nat_gateway_available').wait(NatGatewayIds=[n], WaiterConfig={'Delay': 1})
            t = ec2.create_route_table(VpcId=v)['RouteTable']['RouteTableId']
            ec2.create_route(RouteTableId=t, DestinationCidrBlock='0.0.0.0/0', NatGatewayId=n)
            address = ec2.describe_nat_gateways(Filters=[{'Name': 'vpc-id', 'Values': [v]}])['NatGateways'][0]['NatGatewayAddresses'][0]['PublicIp'] == e['PublicIp']
            ec2.delete_nat_gateway(NatGatewayId=n)
            ec2.get_waiter('nat_gateway_deleted').wait(NatGatewayIds=[n], WaiterConfig={'Delay': 1})
            route = ec2.describe_route_tables(RouteTableIds=[t])['RouteTables'][0]['Routes'][1]
            ec2.delete_route_table(RouteTableId=t)
            ec2.release_address(AllocationId=e['AllocationId'])
            ec2.detach_internet_gateway(InternetGatewayId=g, VpcId=v)
            ec2.delete_internet_gateway(InternetGatewayId=g)
            ec2.delete_subnet(SubnetId=s)
            ec2.delete_vpc(VpcId=v)
            answer = [closed, address, route['NatGatewayId'] == n, route['State']]
            """);
        answer!.ToJsonString().ShouldBe("""["Gateway.NotAttached",true,true,"blackhole"]""");
    }

    [Fact]
    [Covers("ec2", "AssociateNatGatewayAddress", "DisassociateNatGatewayAddress")]
    public async Task A_gateway_gets_a_further_address_and_gives_it_back()
    {
        var answer = await cloud.JavaScript.RunAsync(
            """
            const send = (name, input) => ec2.send(new EC2[`${name}Command`](input));
            const subnet = (await send('DescribeSubnets', { Filters: [{ Name: 'default-for-az', Values: ['true'] }] })).Subnets[0].SubnetId;
            const [one, more] = [await send('AllocateAddress', {}), await send('AllocateAddress', {})];
            const n = (await send('CreateNatGateway', { SubnetId: subnet, AllocationId: one.AllocationId })).NatGateway.NatGatewayId;
            const [added] = (await send('AssociateNatGatewayAddress', { NatGatewayId: n, AllocationIds: [more.AllocationId] })).NatGatewayAddresses;
            const known = (await send('DescribeNatGateways', { NatGatewayIds: [n] })).NatGateways[0].NatGatewayAddresses;
            const busy = await send('ReleaseAddress', { AllocationId: more.AllocationId }).catch(error => error.name);
            const [taken] = (await send('DisassociateNatGatewayAddress', { NatGatewayId: n, AssociationIds: [added.AssociationId] })).NatGatewayAddresses;
            const left = (await send('DescribeNatGateways', { NatGatewayIds: [n] })).NatGateways[0].NatGatewayAddresses.length;
            await send('DeleteNatGateway', { NatGatewayId: n });
            for (const address of [one, more]) {
              await send('ReleaseAddress', { AllocationId: address.AllocationId });
            }
            return [added.Status, known.map(address => address.IsPrimary), known[1].PublicIp === more.PublicIp, busy, taken.Status, left];
            """);
        answer!.ToJsonString().ShouldBe("""["associating",[true,false],true,"InvalidIPAddress.InUse","disassociating",1]""");
    }

    [Fact]
    [Covers("ec2", "AssignPrivateNatGatewayAddress", "UnassignPrivateNatGatewayAddress")]
    public async Task A_private_gateway_needs_no_internet_and_gets_further_private_addresses()
    {
        var answer = await cloud.JavaScript.RunAsync(
            """
            const send = (name, input) => ec2.send(new EC2[`${name}Command`](input));
            const v = (await send('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId;
            const s = (await send('CreateSubnet', { VpcId: v, CidrBlock: '10.0.1.0/24' })).Subnet.SubnetId;
            const made = (await send('CreateNatGateway', { SubnetId: s, ConnectivityType: 'private', PrivateIpAddress: '10.0.1.10', SecondaryPrivateIpAddressCount: 1 })).NatGateway;
            const n = made.NatGatewayId;
            const known = async () => (await send('DescribeNatGateways', { NatGatewayIds: [n] })).NatGateways[0];
            const t = (await send('CreateRouteTable', { VpcId: v })).RouteTable.RouteTableId;
            await send('CreateRoute', { RouteTableId: t, DestinationCidrBlock: '10.9.0.0/16', NatGatewayId: n });
            const [added] = (await send('AssignPrivateNatGatewayAddress', { NatGatewayId: n, PrivateIpAddresses: ['10.0.1.11'] })).NatGatewayAddresses;
            const addresses = (await known()).NatGatewayAddresses;
            const [gone] = (await send('UnassignPrivateNatGatewayAddress', { NatGatewayId: n, PrivateIpAddresses: ['10.0.1.11'] })).NatGatewayAddresses;
            const left = await known();
            const wrong = await send('AssociateNatGatewayAddress', { NatGatewayId: n, AllocationIds: ['eipalloc-0123456789abcdef0'] }).catch(error => error.name);
            await send('DeleteNatGateway', { NatGatewayId: n });
            await send('DeleteRouteTable', { RouteTableId: t });
            await send('DeleteSubnet', { SubnetId: s });
            await send('DeleteVpc', { VpcId: v });
            return [made.ConnectivityType, added.Status, addresses.length, addresses[0].PrivateIp, addresses[0].PublicIp === undefined, addresses[2].PrivateIp, gone.Status,
              left.State, left.NatGatewayAddresses.length, wrong];
            """);
        answer!.ToJsonString().ShouldBe("""["private","assigning",3,"10.0.1.10",true,"10.0.1.11","unassigning","available",2,"InvalidParameterValue"]""");
    }

    [Fact]
    [Covers(
        "ec2", "CreateManagedPrefixList", "DeleteManagedPrefixList", "DescribeManagedPrefixLists", "ModifyManagedPrefixList",
        "GetManagedPrefixListEntries", "GetManagedPrefixListAssociations", "RestoreManagedPrefixListVersion", "DescribePrefixLists")]
    public async Task Blocks_are_named_once_and_used_by_groups()
    {
        var answer = await cloud.Boto.RunAsync("""
            p = ec2.create_managed_prefix_list(PrefixListName='offices', AddressFamily='IPv4', MaxEntries=5, Entries=[{'Cidr': '192.0.2.0/24', 'Description': 'north'}])['PrefixList']['PrefixListId']
            ec2.modify_managed_prefix_list(PrefixListId=p, CurrentVersion=1, AddEntries=[{'Cidr': '198.51.100.0/24'}])
            known = ec2.describe_managed_prefix_lists(PrefixListIds=[p])['PrefixLists'][0]
            entries = [x['Cidr'] for x in ec2.get_managed_prefix_list_entries(PrefixListId=p)['Entries']]
            first = [x['Cidr'] for x in ec2.get_managed_prefix_list_entries(PrefixListId=p, TargetVersion=1)['Entries']]
            late = refused(lambda: ec2.restore_managed_prefix_list_version(PrefixListId=p, PreviousVersion=1, CurrentVersion=1))
            back = ec2.restore_managed_prefix_list_version(PrefixListId=p, PreviousVersion=1, CurrentVersion=2)['PrefixList']['State']
            then = ec2.describe_managed_prefix_lists(PrefixListIds=[p])['PrefixLists'][0]
            restored = [first, late, back, then['State'], then['Version'], [x['Cidr'] for x in ec2.get_managed_prefix_list_entries(PrefixListId=p)['Entries']],
                        ec2.describe_prefix_lists()['PrefixLists']]
            g = ec2.create_security_group(GroupName='by-list', Description='by list')['GroupId']
            ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=[{'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'PrefixListIds': [{'PrefixListId': p}]}])
            users = [x['ResourceId'] == g for x in ec2.get_managed_prefix_list_associations(PrefixListId=p)['PrefixListAssociations']]
            used = refused(lambda: ec2.delete_managed_prefix_list(PrefixListId=p))
            ec2.delete_security_group(GroupId=g)
            ec2.delete_managed_prefix_list(PrefixListId=p)
            answer = [restored, known['Version'], known['State'], entries, users, used, refused(lambda: ec2.get_managed_prefix_list_entries(PrefixListId=p))]
            """);
        answer!.ToJsonString().ShouldBe(
            """[[["192.0.2.0/24"],"PrefixListVersionMismatch","restore-in-progress","restore-complete",3,["192.0.2.0/24"],[]],2,"modify-complete",["192.0.2.0/24","198.51.100.0/24"],[true],"DependencyViolation","InvalidPrefixListID.NotFound"]""");
    }
}
