using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class AddressTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers(
        "ec2", "AllocateAddress", "AssociateAddress", "DisassociateAddress", "ReleaseAddress", "DescribeAddresses", "DescribeAddressesAttribute")]
    public async Task An_elastic_address_moves_between_instances()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            a, b = [i['InstanceId'] for i in ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2)['Instances']]
            ec2.get_waiter('instance_running').wait(InstanceIds=[a, b], WaiterConfig={'Delay': 1})
            e = ec2.allocate_address(Domain='vpc', TagSpecifications=[{'ResourceType': 'elastic-ip', 'Tags': [{'Key': 'Name', 'Value': 'front'}]}])
            first = ec2.associate_address(AllocationId=e['AllocationId'], InstanceId=a)['AssociationId']
            at_first = ec2.describe_instances(InstanceIds=[a])['Reservations'][0]['Instances'][0]['PublicIpAddress'] == e['PublicIp']
            kept = refused(lambda: ec2.associate_address(AllocationId=e['AllocationId'], InstanceId=b, AllowReassociation=False))
            second = ec2.associate_address(AllocationId=e['AllocationId'], InstanceId=b)['AssociationId']
            address = ec2.describe_addresses(Filters=[{'Name': 'tag:Name', 'Values': ['front']}])['Addresses'][0]
            names = ec2.describe_addresses_attribute(AllocationIds=[e['AllocationId']], Attribute='domain-name')['Addresses']
            adapter = ec2.describe_network_interfaces(Filters=[{'Name': 'association.allocation-id', 'Values': [e['AllocationId']]}])['NetworkInterfaces'][0]
            used = refused(lambda: ec2.release_address(AllocationId=e['AllocationId']))
            ec2.disassociate_address(AssociationId=second)
            ec2.release_address(AllocationId=e['AllocationId'])
            ec2.terminate_instances(InstanceIds=[a, b])
            ec2.get_waiter('instance_terminated').wait(InstanceIds=[a, b], WaiterConfig={'Delay': 1})
            answer = [at_first, kept, address['InstanceId'] == b, address['AssociationId'] == second, adapter['Association']['AssociationId'] == second,
                      names[0]['PublicIp'] == e['PublicIp'], used, refused(lambda: ec2.disassociate_address(AssociationId=first)),
                      refused(lambda: ec2.release_address(AllocationId=e['AllocationId']))]
            """);
        answer!.ToJsonString().ShouldBe(
            """[true,"Resource.AlreadyAssociated",true,true,true,true,"InvalidIPAddress.InUse","InvalidAssociationID.NotFound","InvalidAllocationID.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "EnableAddressTransfer", "DisableAddressTransfer", "AcceptAddressTransfer", "DescribeAddressTransfers")]
    public async Task An_address_is_offered_to_another_account_and_withdrawn()
    {
        var answer = await cloud.Boto.RunAsync("""
            e = ec2.allocate_address(Domain='vpc')
            offered = ec2.enable_address_transfer(AllocationId=e['AllocationId'], TransferAccountId='210987654321')['AddressTransfer']
            known = ec2.describe_address_transfers(AllocationIds=[e['AllocationId']])['AddressTransfers'][0]
            own = refused(lambda: ec2.accept_address_transfer(Address=e['PublicIp']))
            ended = ec2.disable_address_transfer(AllocationId=e['AllocationId'])['AddressTransfer']['AddressTransferStatus']
            ec2.release_address(AllocationId=e['AllocationId'])
            answer = [offered['AddressTransferStatus'], known['TransferAccountId'], known['PublicIp'] == e['PublicIp'], own, ended]
            """);
        answer!.ToJsonString().ShouldBe("""["pending","210987654321",true,"InvalidAddress.NotFound","disabled"]""");
    }
}
