using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class NetworkInterfaceTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers(
        "ec2", "CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaceAttribute", "ModifyNetworkInterfaceAttribute",
        "ResetNetworkInterfaceAttribute", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses")]
    public async Task An_interface_outlives_the_instance_that_was_launched_with_it()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            s = ec2.describe_subnets(Filters=[{'Name': 'default-for-az', 'Values': ['true']}])['Subnets'][0]['SubnetId']
            eni = ec2.create_network_interface(SubnetId=s, Description='front', SecondaryPrivateIpAddressCount=1)['NetworkInterface']
            n = eni['NetworkInterfaceId']
            ec2.get_waiter('network_interface_available').wait(NetworkInterfaceIds=[n], WaiterConfig={'Delay': 1})
            ec2.modify_network_interface_attribute(NetworkInterfaceId=n, SourceDestCheck={'Value': False})
            check = ec2.describe_network_interface_attribute(NetworkInterfaceId=n, Attribute='sourceDestCheck')['SourceDestCheck']['Value']
            ec2.reset_network_interface_attribute(NetworkInterfaceId=n, SourceDestCheck='true')
            more = ec2.assign_private_ip_addresses(NetworkInterfaceId=n, SecondaryPrivateIpAddressCount=1)['AssignedPrivateIpAddresses'][0]['PrivateIpAddress']
            addresses = len(ec2.describe_network_interfaces(NetworkInterfaceIds=[n])['NetworkInterfaces'][0]['PrivateIpAddresses'])
            ec2.unassign_private_ip_addresses(NetworkInterfaceId=n, PrivateIpAddresses=[more])
            run = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[{'DeviceIndex': 0, 'NetworkInterfaceId': n}])['Instances'][0]
            used = refused(lambda: ec2.delete_network_interface(NetworkInterfaceId=n))
            ec2.terminate_instances(InstanceIds=[run['InstanceId']])
            ec2.get_waiter('instance_terminated').wait(InstanceIds=[run['InstanceId']], WaiterConfig={'Delay': 1})
            ec2.get_waiter('network_interface_available').wait(NetworkInterfaceIds=[n], WaiterConfig={'Delay': 1})
            ec2.delete_network_interface(NetworkInterfaceId=n)
            answer = [eni['Description'], check, addresses, run['PrivateIpAddress'] == eni['PrivateIpAddress'], used,
                      refused(lambda: ec2.delete_network_interface(NetworkInterfaceId=n))]
            """);
        answer!.ToJsonString().ShouldBe("""["front",false,3,true,"InvalidParameterValue","InvalidNetworkInterfaceID.NotFound"]""");
    }
}
