using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class VpcPeeringTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers(
        "ec2", "CreateVpcPeeringConnection", "AcceptVpcPeeringConnection", "RejectVpcPeeringConnection", "DeleteVpcPeeringConnection", "DescribeVpcPeeringConnections",
        "ModifyVpcPeeringConnectionOptions", "DescribeSecurityGroupReferences", "DescribeStaleSecurityGroups", "GetSecurityGroupsForVpc")]
    public async Task A_peering_is_asked_for_accepted_routed_named_by_rules_and_ended()
    {
        var answer = await cloud.Boto.RunAsync("""
            a, b, c = [ec2.create_vpc(CidrBlock=block)['Vpc']['VpcId'] for block in ('10.41.0.0/16', '10.42.0.0/16', '10.42.0.0/20')]
            def code(p):
                return ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[p])['VpcPeeringConnections'][0]['Status']['Code']
            overlapping = ec2.create_vpc_peering_connection(VpcId=b, PeerVpcId=c)['VpcPeeringConnection']['VpcPeeringConnectionId']
            refusedOne = ec2.create_vpc_peering_connection(VpcId=a, PeerVpcId=c)['VpcPeeringConnection']['VpcPeeringConnectionId']
            ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=refusedOne)
            p = ec2.create_vpc_peering_connection(VpcId=a, PeerVpcId=b, TagSpecifications=[
                {'ResourceType': 'vpc-peering-connection', 'Tags': [{'Key': 'Name', 'Value': 'ab'}]}])['VpcPeeringConnection']['VpcPeeringConnectionId']
            ec2.get_waiter('vpc_peering_connection_exists').wait(VpcPeeringConnectionIds=[p], WaiterConfig={'Delay': 1})
            table = ec2.describe_route_tables(Filters=[{'Name': 'vpc-id', 'Values': [a]}])['RouteTables'][0]['RouteTableId']
            def state():
                routes = ec2.describe_route_tables(RouteTableIds=[table])['RouteTables'][0]['Routes']
                return [r['State'] for r in routes if r.get('VpcPeeringConnectionId') == p]
            ec2.create_route(RouteTableId=table, DestinationCidrBlock='10.42.0.0/16', VpcPeeringConnectionId=p)
            states = [code(overlapping), code(refusedOne), code(p), state()]
            accepted = ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=p)['VpcPeeringConnection']['Status']['Code']
            states += [accepted, code(p), state(), refused(lambda: ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=p))]
            ec2.modify_vpc_peering_connection_options(VpcPeeringConnectionId=p, RequesterPeeringConnectionOptions={'AllowDnsResolutionFromRemoteVpc': True})
            told = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[p])['VpcPeeringConnections'][0]
            states.append([told[side]['PeeringOptions']['AllowDnsResolutionFromRemoteVpc'] for side in ('RequesterVpcInfo', 'AccepterVpcInfo')])
            group = lambda vpc: ec2.describe_security_groups(Filters=[{'Name': 'vpc-id', 'Values': [vpc]}])['SecurityGroups'][0]['GroupId']
            ga, gb = group(a), group(b)
            ec2.authorize_security_group_ingress(GroupId=ga, IpPermissions=[{'IpProtocol': 'tcp', 'FromPort': 80, 'ToPort': 80, 'UserIdGroupPairs': [{'GroupId': gb}]}])
            references = ec2.describe_security_group_references(GroupId=[gb])['SecurityGroupReferenceSet']
            fresh = ec2.describe_stale_security_groups(VpcId=a)['StaleSecurityGroupSet']
            ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=p)
            ec2.get_waiter('vpc_peering_connection_deleted').wait(VpcPeeringConnectionIds=[p], WaiterConfig={'Delay': 1})
            stale = ec2.describe_stale_security_groups(VpcId=a)['StaleSecurityGroupSet'][0]
            states += [code(p), state()]
            named = ec2.describe_vpc_peering_connections(Filters=[{'Name': 'tag:Name', 'Values': ['ab']}])['VpcPeeringConnections'][0]['VpcPeeringConnectionId'] == p
            for vpc in (a, b, c):
                ec2.delete_vpc(VpcId=vpc)
            answer = states + [references == [{'GroupId': gb, 'ReferencingVpcId': a, 'VpcPeeringConnectionId': p}], len(fresh), stale['GroupId'] == ga,
                               stale['StaleIpPermissions'][0]['UserIdGroupPairs'][0]['GroupId'] == gb, named]
            """);
        answer!.ToJsonString().ShouldBe(
            """["failed","rejected","pending-acceptance",["blackhole"],"provisioning","active",["active"],"InvalidStateTransition",[true,false],"deleted",["blackhole"],true,0,true,true,true]""");
        (await cloud.JavaScript.RunAsync(
            """
            const vpcs = await ec2.send(new EC2.DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }));
            const groups = await ec2.send(new EC2.GetSecurityGroupsForVpcCommand({ VpcId: vpcs.Vpcs[0].VpcId, Filters: [{ Name: 'group-name', Values: ['default'] }] }));
            return groups.SecurityGroupForVpcs.length;
            """))!.ToString().ShouldBe("1");
    }
}
