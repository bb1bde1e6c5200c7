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

    [Fact]
    [Covers("ec2", "AttachNetworkInterface", "DetachNetworkInterface")]
    public async Task An_interface_comes_to_a_server_that_runs_and_goes_again()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            s = ec2.describe_subnets(Filters=[{'Name': 'default-for-az', 'Values': ['true']}])['Subnets'][0]['SubnetId']
            run = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType='c5.large', NetworkInterfaces=[
                {'DeviceIndex': 0, 'SubnetId': s}, {'DeviceIndex': 1, 'SubnetId': s, 'Description': 'second'}])['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[run], WaiterConfig={'Delay': 1})
            n = ec2.create_network_interface(SubnetId=s)['NetworkInterface']['NetworkInterfaceId']
            dry = refused(lambda: ec2.attach_network_interface(NetworkInterfaceId=n, InstanceId=run, DeviceIndex=2, DryRun=True))
            a = ec2.attach_network_interface(NetworkInterfaceId=n, InstanceId=run, DeviceIndex=2)['AttachmentId']
            import time
            def attachment():
                return ec2.describe_network_interfaces(NetworkInterfaceIds=[n])['NetworkInterfaces'][0].get('Attachment', {}).get('Status')
            while attachment() != 'attached': time.sleep(0.1)
            indexes = [i['Attachment']['DeviceIndex'] for i in ec2.describe_instances(InstanceIds=[run])['Reservations'][0]['Instances'][0]['NetworkInterfaces']]
            found = ec2.describe_network_interfaces(Filters=[{'Name': 'attachment.attachment-id', 'Values': [a]}])['NetworkInterfaces'][0]['NetworkInterfaceId'] == n
            ec2.detach_network_interface(AttachmentId=a)
            ec2.get_waiter('network_interface_available').wait(NetworkInterfaceIds=[n], WaiterConfig={'Delay': 1})
            again = refused(lambda: ec2.detach_network_interface(AttachmentId=a))
            ec2.delete_network_interface(NetworkInterfaceId=n)
            ec2.terminate_instances(InstanceIds=[run])
            answer = [dry, indexes, found, again]
            """);
        answer!.ToJsonString().ShouldBe("""["DryRunOperation",[0,1,2],true,"InvalidAttachmentID.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "CreateSubnetCidrReservation", "GetSubnetCidrReservations", "DeleteSubnetCidrReservation")]
    public async Task Reserved_addresses_are_given_to_those_who_ask_for_them()
    {
        var answer = await cloud.Boto.RunAsync("""
            import ipaddress
            v = ec2.create_vpc(CidrBlock='10.78.0.0/16')['Vpc']['VpcId']
            s = ec2.create_subnet(VpcId=v, CidrBlock='10.78.1.0/28')['Subnet']['SubnetId']
            tags = [{'ResourceType': 'subnet-cidr-reservation', 'Tags': [{'Key': 'Name', 'Value': 'kept'}]}]
            r = ec2.create_subnet_cidr_reservation(SubnetId=s, Cidr='10.78.1.8/29', ReservationType='explicit', Description='kept', TagSpecifications=tags)['SubnetCidrReservation']
            known = ec2.get_subnet_cidr_reservations(SubnetId=s, Filters=[{'Name': 'tag:Name', 'Values': ['kept']}])['SubnetIpv4CidrReservations']
            n = [ec2.create_network_interface(SubnetId=s)['NetworkInterface'] for _ in range(4)]
            kept = ipaddress.ip_network('10.78.1.8/29')
            inside = [ipaddress.ip_address(i['PrivateIpAddress']) in kept for i in n]
            full = refused(lambda: ec2.create_network_interface(SubnetId=s))
            asked = ec2.create_network_interface(SubnetId=s, PrivateIpAddress='10.78.1.9')['NetworkInterface']
            overlap = refused(lambda: ec2.create_subnet_cidr_reservation(SubnetId=s, Cidr='10.78.1.12/30', ReservationType='explicit'))
            ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=r['SubnetCidrReservationId'])
            more = ec2.create_network_interface(SubnetId=s)['NetworkInterface']
            gone = refused(lambda: ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=r['SubnetCidrReservationId']))
            for i in [*n, asked, more]:
                ec2.delete_network_interface(NetworkInterfaceId=i['NetworkInterfaceId'])
            ec2.delete_subnet(SubnetId=s)
            ec2.delete_vpc(VpcId=v)
            answer = [[k['Cidr'] for k in known], known[0]['Description'], inside, full, asked['PrivateIpAddress'], overlap, gone]
            """);
        answer!.ToJsonString().ShouldBe(
            """[["10.78.1.8/29"],"kept",[false,false,false,false],"InsufficientFreeAddressesInSubnet","10.78.1.9","InvalidParameterValue","InvalidSubnetCidrReservationID.NotFound"]""");
    }
}
