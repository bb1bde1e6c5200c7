using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Root volumes that are replaced under servers that run, as real clients ask for it.</summary>
public sealed class RootReplacementTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreateReplaceRootVolumeTask", "DescribeReplaceRootVolumeTasks")]
    public async Task A_root_volume_is_replaced_and_the_rest_stays()
    {
        var answer = await cloud.Boto.RunAsync("""
            import time
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, BlockDeviceMappings=[{'DeviceName': '/dev/sdf', 'Ebs': {'VolumeSize': 1}}])['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            def told(): return ec2.describe_instances(InstanceIds=[i])['Reservations'][0]['Instances'][0]
            def disks(): return {d['DeviceName']: d['Ebs']['VolumeId'] for d in told()['BlockDeviceMappings']}
            before, address = disks(), told()['PrivateIpAddress']
            t = ec2.create_replace_root_volume_task(InstanceId=i)['ReplaceRootVolumeTask']
            for _ in range(60):
                done = ec2.describe_replace_root_volume_tasks(ReplaceRootVolumeTaskIds=[t['ReplaceRootVolumeTaskId']])['ReplaceRootVolumeTasks'][0]
                if done['TaskState'] == 'succeeded': break
                time.sleep(0.5)
            after = disks()
            old = ec2.describe_volumes(VolumeIds=[before['/dev/xvda']])['Volumes'][0]['State']
            answer = [t['TaskState'], done['TaskState'], after['/dev/xvda'] != before['/dev/xvda'], after['/dev/sdf'] == before['/dev/sdf'], told()['PrivateIpAddress'] == address, told()['State']['Name'], old]
            ec2.delete_volume(VolumeId=before['/dev/xvda'])
            ec2.terminate_instances(InstanceIds=[i])
            """);
        answer!.ToJsonString().ShouldBe("""["pending","succeeded",true,true,true,"running","available"]""");
    }
}
