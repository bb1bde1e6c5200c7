using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>A real server in a network that its user made: what the API is told is what packets do.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class NetworkTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task An_address_a_route_and_a_list_decide_who_reaches_a_server()
    {
        var answer = await cloud.Boto.RunAsync("""
            import socket, time
            def reaches(address):
                try:
                    with socket.create_connection((address, 22), timeout=2):
                        return True
                except OSError:
                    return False
            def becomes(address, value):
                deadline = time.monotonic() + 240
                while reaches(address) != value:
                    if time.monotonic() > deadline:
                        raise AssertionError(f'{address} did not become {value}')
                return value
            r = boto3.resource('ec2', endpoint_url=os.environ['NINES_URL'])
            vpc = r.create_vpc(CidrBlock='172.31.0.0/16')
            subnet = vpc.create_subnet(CidrBlock='172.31.7.0/24')
            gateway = r.create_internet_gateway()
            gateway.attach_to_vpc(VpcId=vpc.id)
            table = list(vpc.route_tables.all())[0]
            route = table.create_route(DestinationCidrBlock='0.0.0.0/0', GatewayId=gateway.id)
            group = vpc.create_security_group(GroupName='ssh', Description='ssh')
            group.authorize_ingress(IpProtocol='tcp', FromPort=22, ToPort=22, CidrIp='0.0.0.0/0')
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            one, other = subnet.create_instances(ImageId=image, InstanceType='t3.nano', MinCount=2, MaxCount=2, SecurityGroupIds=[group.id])
            one.wait_until_running()
            other.wait_until_running()
            address = ec2.allocate_address(Domain='vpc')
            steps = []
            ec2.associate_address(AllocationId=address['AllocationId'], InstanceId=one.id)
            steps.append(becomes(address['PublicIp'], True))
            route.delete()
            steps.append(becomes(address['PublicIp'], False))
            table.create_route(DestinationCidrBlock='0.0.0.0/0', GatewayId=gateway.id)
            ec2.associate_address(AllocationId=address['AllocationId'], InstanceId=other.id)
            steps.append(becomes(address['PublicIp'], True))
            acl = list(vpc.network_acls.all())[0]
            acl.create_entry(RuleNumber=50, Protocol='6', RuleAction='deny', Egress=False, CidrBlock='0.0.0.0/0', PortRange={'From': 22, 'To': 22})
            steps.append(becomes(address['PublicIp'], False))
            acl.delete_entry(RuleNumber=50, Egress=False)
            steps.append(becomes(address['PublicIp'], True))
            one.terminate()
            other.terminate()
            one.wait_until_terminated()
            other.wait_until_terminated()
            ec2.release_address(AllocationId=address['AllocationId'])
            gateway.detach_from_vpc(VpcId=vpc.id)
            gateway.delete()
            subnet.delete()
            group.delete()
            vpc.delete()
            answer = steps
            """);
        answer!.ToJsonString().ShouldBe("[true,false,true,false,true]");
    }

    [Fact]
    public async Task What_a_server_accepted_and_refused_is_in_its_flow_log()
    {
        var answer = await cloud.Boto.RunAsync("""
            import socket, time
            def reaches(address, port):
                try:
                    with socket.create_connection((address, port), timeout=2):
                        return True
                except OSError:
                    return False
            group = ec2.create_security_group(GroupName='flows', Description='flows')['GroupId']
            ec2.authorize_security_group_ingress(GroupId=group, IpProtocol='tcp', FromPort=22, ToPort=22, CidrIp='0.0.0.0/0')
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, InstanceType='t3.nano', MinCount=1, MaxCount=1, SecurityGroupIds=[group])['Instances'][0]
            eni = i['NetworkInterfaces'][0]['NetworkInterfaceId']
            log = ec2.create_flow_logs(ResourceType='NetworkInterface', ResourceIds=[eni], TrafficType='ALL', LogGroupName='/servers', MaxAggregationInterval=60,
                                       DeliverLogsPermissionArn='arn:aws:iam::123456789012:role/flows')['FlowLogIds']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i['InstanceId']], WaiterConfig={'Delay': 1})
            public = ec2.describe_instances(InstanceIds=[i['InstanceId']])['Reservations'][0]['Instances'][0]['PublicIpAddress']
            deadline = time.monotonic() + 240
            while not reaches(public, 22):
                assert time.monotonic() < deadline
            answer = [eni, i['PrivateIpAddress'], i['NetworkInterfaces'][0]['OwnerId'], reaches(public, 23)]
            ec2.delete_flow_logs(FlowLogIds=log)
            ec2.terminate_instances(InstanceIds=[i['InstanceId']])
            """);
        var (eni, address, accountId) = ((string)answer![0]!, (string)answer[1]!, (string)answer[2]!);
        ((bool)answer[3]!).ShouldBeFalse();
        var path = Path.Combine(cloud.Paths.Host, "flow-logs", accountId, "servers", $"{eni}-all.log");
        var accepted = await LineAsync(path, words => words[12] == "ACCEPT" && words[4] == address && words[6] == "22");
        accepted[..3].ShouldBe(["2", accountId, eni]);
        accepted[7].ShouldBe("6");
        long.Parse(accepted[8], null).ShouldBeGreaterThan(0);
        var refused = await LineAsync(path, words => words[12] == "REJECT" && words[4] == address && words[6] == "23");
        refused[2].ShouldBe(eni);
        refused[3].ShouldBe(accepted[3]);
        long.Parse(refused[8], null).ShouldBeGreaterThan(0);
    }

    private static async Task<string[]> LineAsync(string path, Func<string[], bool> isMeant)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (File.Exists(path) && File.ReadAllLines(path).Select(line => line.Split(' ')).FirstOrDefault(isMeant) is { } line)
            {
                return line;
            }

            await Task.Delay(100, deadline.Token);
        }
    }
}
