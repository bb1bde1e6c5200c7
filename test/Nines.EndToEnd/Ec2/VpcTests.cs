using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Networks that a user makes: VPCs, their subnets, gateways and routes.</summary>
public sealed class VpcTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers(
        "ec2", "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "DescribeVpcAttribute", "AssociateVpcCidrBlock", "DisassociateVpcCidrBlock",
        "CreateSubnet", "DeleteSubnet", "ModifySubnetAttribute")]
    public async Task A_VPC_and_its_subnets_come_and_go()
    {
        var answer = await cloud.Boto.RunAsync("""
            v = ec2.create_vpc(CidrBlock='10.0.0.0/16', TagSpecifications=[{'ResourceType': 'vpc', 'Tags': [{'Key': 'Name', 'Value': 'shop'}]}])['Vpc']['VpcId']
            ec2.get_waiter('vpc_available').wait(VpcIds=[v])
            ec2.modify_vpc_attribute(VpcId=v, EnableDnsHostnames={'Value': True})
            hostnames = ec2.describe_vpc_attribute(VpcId=v, Attribute='enableDnsHostnames')['EnableDnsHostnames']['Value']
            more = ec2.associate_vpc_cidr_block(VpcId=v, CidrBlock='10.1.0.0/16')['CidrBlockAssociation']['AssociationId']
            blocks = [b['CidrBlock'] for b in ec2.describe_vpcs(VpcIds=[v])['Vpcs'][0]['CidrBlockAssociationSet']]
            ec2.disassociate_vpc_cidr_block(AssociationId=more)
            s = ec2.create_subnet(VpcId=v, CidrBlock='10.0.1.0/24', AvailabilityZone='us-east-1b')['Subnet']['SubnetId']
            ec2.get_waiter('subnet_available').wait(SubnetIds=[s])
            ec2.modify_subnet_attribute(SubnetId=s, MapPublicIpOnLaunch={'Value': True})
            subnet = ec2.describe_subnets(Filters=[{'Name': 'vpc-id', 'Values': [v]}])['Subnets'][0]
            conflict = refused(lambda: ec2.create_subnet(VpcId=v, CidrBlock='10.0.1.0/25'))
            needed = refused(lambda: ec2.delete_vpc(VpcId=v))
            ec2.delete_subnet(SubnetId=s)
            ec2.delete_vpc(VpcId=v)
            answer = [hostnames, blocks, subnet['MapPublicIpOnLaunch'], subnet['AvailabilityZoneId'], subnet['AvailableIpAddressCount'], conflict, needed,
                      refused(lambda: ec2.delete_vpc(VpcId=v)), refused(lambda: ec2.create_vpc(CidrBlock='10.0.0.0/8')),
                      refused(lambda: ec2.create_vpc(CidrBlock='10.0.0.0/16', DryRun=True))]
            """);
        answer!.ToJsonString().ShouldBe(
            """[true,["10.0.0.0/16","10.1.0.0/16"],true,"use1-az2",251,"InvalidSubnet.Conflict","DependencyViolation","InvalidVpcID.NotFound","InvalidVpc.Range","DryRunOperation"]""");
    }

    [Fact]
    [Covers(
        "ec2", "CreateInternetGateway", "AttachInternetGateway", "DetachInternetGateway", "DeleteInternetGateway", "DescribeInternetGateways",
        "CreateRouteTable", "DeleteRouteTable", "DescribeRouteTables", "AssociateRouteTable", "DisassociateRouteTable", "ReplaceRouteTableAssociation",
        "CreateRoute", "ReplaceRoute", "DeleteRoute")]
    public async Task A_subnet_is_made_public_and_private_again()
    {
        var answer = await cloud.Boto.RunAsync("""
            r = boto3.resource('ec2', endpoint_url=os.environ['NINES_URL'])
            vpc = r.create_vpc(CidrBlock='10.0.0.0/16')
            vpc.wait_until_available()
            subnet = vpc.create_subnet(CidrBlock='10.0.1.0/24')
            gateway = r.create_internet_gateway()
            unattached = refused(lambda: gateway.detach_from_vpc(VpcId=vpc.id))
            gateway.attach_to_vpc(VpcId=vpc.id)
            table = vpc.create_route_table()
            route = table.create_route(DestinationCidrBlock='0.0.0.0/0', GatewayId=gateway.id)
            association = table.associate_with_subnet(SubnetId=subnet.id)
            public = ec2.describe_route_tables(Filters=[{'Name': 'association.subnet-id', 'Values': [subnet.id]}])['RouteTables'][0]
            other = vpc.create_route_table()
            moved = association.replace_subnet(RouteTableId=other.id)
            ec2.replace_route(RouteTableId=table.id, DestinationCidrBlock='0.0.0.0/0', GatewayId=gateway.id)
            attached = ec2.describe_internet_gateways(InternetGatewayIds=[gateway.id])['InternetGateways'][0]['Attachments']
            gateway.detach_from_vpc(VpcId=vpc.id)
            lost = ec2.describe_route_tables(RouteTableIds=[table.id])['RouteTables'][0]['Routes'][1]['State']
            route.delete()
            missing = refused(lambda: route.delete())
            moved.delete()
            gateway.delete()
            table.delete()
            other.delete()
            subnet.delete()
            vpc.delete()
            answer = [[(x['DestinationCidrBlock'], x['GatewayId'].split('-')[0], x['State']) for x in public['Routes']], unattached, attached[0]['State'], lost, missing]
            """);
        answer!.ToJsonString().ShouldBe(
            """[[["10.0.0.0/16","local","active"],["0.0.0.0/0","igw","active"]],"Gateway.NotAttached","available","blackhole","InvalidRoute.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "CreateDefaultVpc", "CreateDefaultSubnet")]
    public async Task A_default_network_that_was_deleted_is_made_again()
    {
        // A cloud of its own: no other test has its default network taken away.
        var own = new SimulatedCloud();
        await own.InitializeAsync();
        try
        {
            var answer = await own.Boto.RunAsync("""
                v = ec2.describe_vpcs()['Vpcs'][0]['VpcId']
                there = refused(lambda: ec2.create_default_vpc())
                for s in ec2.describe_subnets()['Subnets']:
                    ec2.delete_subnet(SubnetId=s['SubnetId'])
                block = ec2.create_default_subnet(AvailabilityZone='us-east-1a')['Subnet']['CidrBlock']
                ec2.delete_subnet(SubnetId=ec2.describe_subnets()['Subnets'][0]['SubnetId'])
                ec2.detach_internet_gateway(InternetGatewayId=ec2.describe_internet_gateways()['InternetGateways'][0]['InternetGatewayId'], VpcId=v)
                ec2.delete_vpc(VpcId=v)
                made = ec2.create_default_vpc()['Vpc']
                answer = [there, block, made['IsDefault'], made['CidrBlock'], len(ec2.describe_subnets(Filters=[{'Name': 'default-for-az', 'Values': ['true']}])['Subnets'])]
                """);
            answer!.ToJsonString().ShouldBe("""["DefaultVpcAlreadyExists","172.31.0.0/20",true,"172.31.0.0/16",3]""");
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [Fact]
    [Covers("ec2", "DescribeNetworkAcls")]
    public async Task Every_subnet_is_guarded_by_an_access_list()
    {
        var acl = (await cloud.Aws.RunAsync("ec2", "describe-network-acls", "--filters", "Name=default,Values=true"))["NetworkAcls"]!.AsArray()
            .First(acl => acl!["Associations"]!.AsArray().Count == 3)!;
        acl["Entries"]!.AsArray().Select(entry => $"{entry!["RuleNumber"]} {entry["Egress"]} {entry["Protocol"]} {entry["CidrBlock"]} {entry["RuleAction"]}").ShouldBe(
            ["100 true -1 0.0.0.0/0 allow", "32767 true -1 0.0.0.0/0 deny", "100 false -1 0.0.0.0/0 allow", "32767 false -1 0.0.0.0/0 deny"]);
    }

    [Fact]
    [Covers(
        "ec2", "CreateNetworkAcl", "DeleteNetworkAcl", "CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteNetworkAclEntry", "ReplaceNetworkAclAssociation")]
    public async Task An_access_list_and_its_rules_come_and_go()
    {
        var answer = await cloud.Boto.RunAsync("""
            v = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
            s = ec2.create_subnet(VpcId=v, CidrBlock='10.0.1.0/24')['Subnet']['SubnetId']
            acl = ec2.create_network_acl(VpcId=v)['NetworkAcl']['NetworkAclId']
            rule = dict(NetworkAclId=acl, RuleNumber=100, Protocol='6', RuleAction='allow', Egress=False, CidrBlock='0.0.0.0/0', PortRange={'From': 443, 'To': 443})
            ec2.create_network_acl_entry(**rule)
            again = refused(lambda: ec2.create_network_acl_entry(**rule))
            ec2.replace_network_acl_entry(**{**rule, 'RuleAction': 'deny'})
            default = ec2.describe_network_acls(Filters=[{'Name': 'association.subnet-id', 'Values': [s]}])['NetworkAcls'][0]
            moved = ec2.replace_network_acl_association(AssociationId=default['Associations'][0]['NetworkAclAssociationId'], NetworkAclId=acl)['NewAssociationId']
            now = ec2.describe_network_acls(NetworkAclIds=[acl])['NetworkAcls'][0]
            used = refused(lambda: ec2.delete_network_acl(NetworkAclId=acl))
            ec2.replace_network_acl_association(AssociationId=moved, NetworkAclId=default['NetworkAclId'])
            ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
            missing = refused(lambda: ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False))
            ec2.delete_network_acl(NetworkAclId=acl)
            ec2.delete_subnet(SubnetId=s)
            ec2.delete_vpc(VpcId=v)
            answer = [again, [(e['RuleNumber'], e['RuleAction']) for e in now['Entries'] if not e['Egress']], now['Associations'][0]['SubnetId'] == s, used, missing]
            """);
        answer!.ToJsonString().ShouldBe(
            """["NetworkAclEntryAlreadyExists",[[100,"deny"],[32767,"deny"]],true,"DependencyViolation","InvalidNetworkAclEntry.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "CreateDhcpOptions", "DeleteDhcpOptions", "DescribeDhcpOptions", "AssociateDhcpOptions")]
    public async Task A_VPC_is_given_other_DHCP_options()
    {
        var answer = await cloud.Boto.RunAsync("""
            v = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']
            d = ec2.create_dhcp_options(DhcpConfigurations=[{'Key': 'domain-name', 'Values': ['corp.example']}, {'Key': 'domain-name-servers', 'Values': ['10.0.0.5']}])['DhcpOptions']['DhcpOptionsId']
            ec2.associate_dhcp_options(DhcpOptionsId=d, VpcId=v['VpcId'])
            of_vpc = ec2.describe_vpcs(VpcIds=[v['VpcId']])['Vpcs'][0]['DhcpOptionsId'] == d
            options = ec2.describe_dhcp_options(DhcpOptionsIds=[d])['DhcpOptions'][0]['DhcpConfigurations']
            used = refused(lambda: ec2.delete_dhcp_options(DhcpOptionsId=d))
            ec2.associate_dhcp_options(DhcpOptionsId='default', VpcId=v['VpcId'])
            ec2.delete_dhcp_options(DhcpOptionsId=d)
            ec2.delete_vpc(VpcId=v['VpcId'])
            answer = [of_vpc, [(o['Key'], [x['Value'] for x in o['Values']]) for o in options], used, refused(lambda: ec2.delete_dhcp_options(DhcpOptionsId=d))]
            """);
        answer!.ToJsonString().ShouldBe(
            """[true,[["domain-name",["corp.example"]],["domain-name-servers",["10.0.0.5"]]],"DependencyViolation","InvalidDhcpOptionID.NotFound"]""");
    }
}
