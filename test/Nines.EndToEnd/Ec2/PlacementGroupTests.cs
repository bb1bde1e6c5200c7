using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Placement groups, as real clients make, use and delete them.</summary>
public sealed class PlacementGroupTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreatePlacementGroup", "DescribePlacementGroups", "DeletePlacementGroup", "ModifyInstancePlacement")]
    public async Task Groups_are_made_launched_into_left_and_deleted()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            made = ec2.create_placement_group(GroupName='boto-apart', Strategy='spread', TagSpecifications=[{'ResourceType': 'placement-group', 'Tags': [{'Key': 'Team', 'Value': 'a'}]}])['PlacementGroup']
            ec2.create_placement_group(GroupName='boto-parts', Strategy='partition', PartitionCount=2)
            told = ec2.describe_placement_groups(Filters=[{'Name': 'tag:Team', 'Values': ['a']}])['PlacementGroups'][0]
            def run(n, **placement): return ec2.run_instances(ImageId=image, InstanceType='t3.micro', MinCount=n, MaxCount=n, Placement=placement)['Instances']
            apart = [run(1, GroupName='boto-apart', AvailabilityZone='us-east-1' + z)[0] for z in 'abc']
            full = refused(lambda: run(1, GroupName='boto-apart', AvailabilityZone='us-east-1a'))
            used = refused(lambda: ec2.delete_placement_group(GroupName='boto-apart'))
            parts = [run(1, GroupName='boto-parts', AvailabilityZone='us-east-1' + z)[0] for z in 'ab']
            i = apart[1]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            ec2.stop_instances(InstanceIds=[i])
            ec2.get_waiter('instance_stopped').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            ec2.modify_instance_placement(InstanceId=i, GroupName='')
            left = ec2.describe_instances(InstanceIds=[i])['Reservations'][0]['Instances'][0]['Placement']['GroupName']
            in_group = ec2.describe_instances(Filters=[{'Name': 'placement-group-name', 'Values': ['boto-apart']}])['Reservations']
            ids = [x['InstanceId'] for x in apart + parts]
            ec2.terminate_instances(InstanceIds=ids)
            ec2.get_waiter('instance_terminated').wait(InstanceIds=ids, WaiterConfig={'Delay': 1})
            ec2.delete_placement_group(GroupName='boto-apart')
            ec2.delete_placement_group(GroupName='boto-parts')
            answer = [made['State'], told['GroupId'] == made['GroupId'], told['SpreadLevel'], full, used, sorted(p['Placement']['PartitionNumber'] for p in parts), left, len(in_group),
                refused(lambda: ec2.describe_placement_groups(GroupNames=['boto-apart']))]
            """);
        answer!.ToJsonString().ShouldBe(
            """["available",true,"rack","InsufficientInstanceCapacity","InvalidPlacementGroup.InUse",[1,2],"",2,"InvalidPlacementGroup.Unknown"]""");
    }
}
