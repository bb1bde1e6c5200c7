using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>The network that an account begins with, and what launches add to it.</summary>
public sealed class NetworkTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "DescribeVpcClassicLink", "DescribeVpcClassicLinkDnsSupport")]
    public async Task No_VPC_is_linked_with_the_network_that_AWS_retired()
    {
        var answer = await cloud.Boto.RunAsync("""
            v = ec2.describe_vpcs(Filters=[{'Name': 'is-default', 'Values': ['true']}])['Vpcs'][0]['VpcId']
            link = ec2.describe_vpc_classic_link(VpcIds=[v])['Vpcs'][0]
            dns = ec2.describe_vpc_classic_link_dns_support(VpcIds=[v])['Vpcs'][0]
            answer = [link['VpcId'] == v, link['ClassicLinkEnabled'], dns['ClassicLinkDnsSupported'],
                      ec2.describe_vpc_classic_link(Filters=[{'Name': 'is-classic-link-enabled', 'Values': ['true']}])['Vpcs'],
                      refused(lambda: ec2.describe_vpc_classic_link(VpcIds=['vpc-0123456789abcdef0']))]
            """);
        answer!.ToJsonString().ShouldBe("""[true,false,false,[],"InvalidVpcID.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "DescribeVpcs", "DescribeSubnets")]
    public async Task A_new_account_has_awss_default_network()
    {
        var vpc = (await cloud.Aws.RunAsync("ec2", "describe-vpcs", "--filters", "Name=is-default,Values=true"))["Vpcs"]!.AsArray().ShouldHaveSingleItem()!;
        vpc["CidrBlock"]!.GetValue<string>().ShouldBe("172.31.0.0/16");
        var subnets = (await cloud.Aws.RunAsync("ec2", "describe-subnets", "--filters", $"Name=vpc-id,Values={vpc["VpcId"]}"))["Subnets"]!.AsArray();
        subnets.Select(subnet => subnet!["CidrBlock"]!.GetValue<string>()).ShouldBe(["172.31.0.0/20", "172.31.16.0/20", "172.31.32.0/20"], ignoreOrder: true);
        subnets.ShouldAllBe(subnet => subnet!["MapPublicIpOnLaunch"]!.GetValue<bool>() && subnet["DefaultForAz"]!.GetValue<bool>());
        subnets.ShouldAllBe(subnet => subnet!["AvailableIpAddressCount"]!.GetValue<int>() <= 4091);
    }

    [Fact]
    [Covers("ec2", "DescribeNetworkInterfaces", "DescribeVolumes")]
    public async Task A_launch_makes_an_adapter_and_a_disk_that_go_with_the_instance()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            run = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, BlockDeviceMappings=[{'DeviceName': '/dev/xvda', 'Ebs': {'VolumeSize': 9, 'VolumeType': 'gp3'}}])
            i = run['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            volume = ec2.describe_volumes(Filters=[{'Name': 'attachment.instance-id', 'Values': [i]}])['Volumes'][0]
            adapter = ec2.describe_network_interfaces(Filters=[{'Name': 'attachment.instance-id', 'Values': [i]}])['NetworkInterfaces'][0]
            ec2.terminate_instances(InstanceIds=[i])
            ec2.get_waiter('instance_terminated').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            ec2.get_waiter('volume_deleted').wait(VolumeIds=[volume['VolumeId']], WaiterConfig={'Delay': 1})
            answer = [volume['Size'], volume['VolumeType'], volume['State'], volume['Attachments'][0]['DeleteOnTermination'], adapter['Status'],
                      adapter['Association']['PublicIp'].startswith('198.18.'), adapter['PrivateIpAddress'] == run['Instances'][0]['PrivateIpAddress'],
                      refused(lambda: ec2.describe_network_interfaces(NetworkInterfaceIds=[adapter['NetworkInterfaceId']]))]
            """);
        answer!.ToJsonString().ShouldBe("""[9,"gp3","in-use",true,"in-use",true,true,"InvalidNetworkInterfaceID.NotFound"]""");
    }
}
