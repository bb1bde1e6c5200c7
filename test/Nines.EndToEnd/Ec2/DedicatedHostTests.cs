using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Dedicated hosts, as real clients allocate, use and release them, in a cloud of their own: a machine that another test uses is not given away.</summary>
public sealed class DedicatedHostTests : IAsyncLifetime
{
    private readonly SimulatedCloud _cloud = new();

    public ValueTask InitializeAsync() => _cloud.InitializeAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    [Covers("ec2", "AllocateHosts", "DescribeHosts", "ModifyHosts", "ReleaseHosts")]
    public async Task A_machine_is_allocated_used_and_released()
    {
        var answer = await _cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            h = ec2.allocate_hosts(AvailabilityZone='us-east-1a', InstanceType='c5.large', Quantity=1, AutoPlacement='off',
                TagSpecifications=[{'ResourceType': 'dedicated-host', 'Tags': [{'Key': 'Team', 'Value': 'a'}]}])['HostIds'][0]
            none = refused(lambda: ec2.run_instances(ImageId=image, InstanceType='c5.large', MinCount=1, MaxCount=1, Placement={'Tenancy': 'host'}))
            ec2.modify_hosts(HostIds=[h], AutoPlacement='on')
            i = ec2.run_instances(ImageId=image, InstanceType='c5.large', MinCount=1, MaxCount=1, Placement={'Tenancy': 'host'})['Instances'][0]
            told = ec2.describe_hosts(Filter=[{'Name': 'tag-key', 'Values': ['Team']}])['Hosts'][0]
            occupied = ec2.release_hosts(HostIds=[h])['Unsuccessful'][0]['Error']['Code']
            found = ec2.describe_instances(Filters=[{'Name': 'host-id', 'Values': [h]}, {'Name': 'tenancy', 'Values': ['host']}])['Reservations'][0]['Instances'][0]['InstanceId'] == i['InstanceId']
            ec2.terminate_instances(InstanceIds=[i['InstanceId']])
            ec2.get_waiter('instance_terminated').wait(InstanceIds=[i['InstanceId']], WaiterConfig={'Delay': 1})
            released = ec2.release_hosts(HostIds=[h])['Successful'] == [h]
            answer = [none, i['Placement']['HostId'] == h, told['State'], told['HostProperties']['InstanceType'], told['Instances'][0]['InstanceId'] == i['InstanceId'], occupied, found, released,
                ec2.describe_hosts()['Hosts'], refused(lambda: ec2.allocate_hosts(AvailabilityZone='us-east-1a', InstanceType='mac1.metal', Quantity=1))]
            """);
        answer!.ToJsonString().ShouldBe("""["InsufficientHostCapacity",true,"available","c5.large",true,"Client.InvalidHost.Occupied",true,true,[],"InsufficientHostCapacity"]""");
    }
}
