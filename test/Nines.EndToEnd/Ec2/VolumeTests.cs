using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Volumes, as real clients make, give, change and delete them.</summary>
public sealed class VolumeTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreateVolume", "AttachVolume", "DetachVolume", "DeleteVolume")]
    public async Task Volumes_come_are_given_to_servers_and_go()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, Placement={'AvailabilityZone': 'us-east-1a'})['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            made = ec2.create_volume(AvailabilityZone='us-east-1a', Size=10, VolumeType='gp3', Iops=4000,
                                     TagSpecifications=[{'ResourceType': 'volume', 'Tags': [{'Key': 'Name', 'Value': 'data'}]}])
            v = made['VolumeId']
            ec2.get_waiter('volume_available').wait(VolumeIds=[v], WaiterConfig={'Delay': 1})
            attaching = ec2.attach_volume(VolumeId=v, InstanceId=i, Device='/dev/sdf')['State']
            ec2.get_waiter('volume_in_use').wait(VolumeIds=[v], WaiterConfig={'Delay': 1})
            used = refused(lambda: ec2.delete_volume(VolumeId=v))
            detaching = ec2.detach_volume(VolumeId=v, InstanceId=i, Device='/dev/sdf')['State']
            ec2.get_waiter('volume_available').wait(VolumeIds=[v], WaiterConfig={'Delay': 1})
            dry = refused(lambda: ec2.delete_volume(VolumeId=v, DryRun=True))
            ec2.delete_volume(VolumeId=v)
            ec2.get_waiter('volume_deleted').wait(VolumeIds=[v], WaiterConfig={'Delay': 1})
            ec2.terminate_instances(InstanceIds=[i])
            answer = [made['State'], made['Iops'], made['Throughput'], made['Tags'][0]['Value'], attaching, used, detaching, dry,
                      refused(lambda: ec2.create_volume(AvailabilityZone='us-east-1a')), refused(lambda: ec2.create_volume(AvailabilityZone='us-east-1a', Size=10, VolumeType='io2'))]
            """);
        answer!.ToJsonString().ShouldBe(
            """["creating",4000,125,"data","attaching","VolumeInUse","detaching","DryRunOperation","MissingParameter","MissingParameter"]""");
    }

    [Fact]
    [Covers("ec2", "ModifyVolume", "DescribeVolumesModifications", "DescribeVolumeStatus", "DescribeVolumeAttribute", "ModifyVolumeAttribute", "EnableVolumeIO")]
    public async Task Volumes_change_and_tell_how_they_are()
    {
        var answer = await cloud.Boto.RunAsync("""
            v = ec2.create_volume(AvailabilityZone='us-east-1a', Size=10)['VolumeId']
            changing = ec2.modify_volume(VolumeId=v, Size=20, VolumeType='gp3')['VolumeModification']
            changed = ec2.describe_volumes_modifications(VolumeIds=[v])['VolumesModifications'][0]
            smaller = refused(lambda: ec2.modify_volume(VolumeId=v, Size=5))
            status = ec2.describe_volume_status(VolumeIds=[v])['VolumeStatuses'][0]['VolumeStatus']['Status']
            before = ec2.describe_volume_attribute(VolumeId=v, Attribute='autoEnableIO')['AutoEnableIO']['Value']
            ec2.modify_volume_attribute(VolumeId=v, AutoEnableIO={'Value': True})
            after = ec2.describe_volume_attribute(VolumeId=v, Attribute='autoEnableIO')['AutoEnableIO']['Value']
            ec2.enable_volume_io(VolumeId=v)
            ec2.delete_volume(VolumeId=v)
            answer = [changing['ModificationState'], changing['OriginalSize'], changing['TargetSize'], changing['TargetIops'], changed['ModificationState'], changed['Progress'],
                      smaller, status, before, after]
            """);
        answer!.ToJsonString().ShouldBe("""["modifying",10,20,3000,"completed",100,"InvalidParameterValue","ok",false,true]""");
    }
}
