using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Snapshots, as real clients take, list, use and delete them.</summary>
public sealed class SnapshotTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreateSnapshot", "DescribeSnapshots", "DeleteSnapshot")]
    public async Task Snapshots_are_taken_become_volumes_and_go()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]
            i = ec2.run_instances(ImageId=image['ImageId'], MinCount=1, MaxCount=1, Placement={'AvailabilityZone': 'us-east-1a'})['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            root = ec2.describe_instances(InstanceIds=[i])['Reservations'][0]['Instances'][0]['BlockDeviceMappings'][0]['Ebs']['VolumeId']
            taken = ec2.create_snapshot(VolumeId=root, Description='nightly', TagSpecifications=[{'ResourceType': 'snapshot', 'Tags': [{'Key': 'Name', 'Value': 'n'}]}])
            s = taken['SnapshotId']
            ec2.get_waiter('snapshot_completed').wait(SnapshotIds=[s], WaiterConfig={'Delay': 1})
            ec2.create_tags(Resources=[s], Tags=[{'Key': 'Kept', 'Value': 'yes'}])
            told = ec2.describe_snapshots(OwnerIds=['self'], Filters=[{'Name': 'tag:Kept', 'Values': ['yes']}, {'Name': 'volume-id', 'Values': [root]}])['Snapshots'][0]
            made = ec2.create_volume(AvailabilityZone='us-east-1a', SnapshotId=s, VolumeType='gp3', ClientToken='again')
            v = made['VolumeId']
            again = ec2.create_volume(AvailabilityZone='us-east-1a', SnapshotId=s, VolumeType='gp3', ClientToken='again')['VolumeId'] == v
            ec2.get_waiter('volume_available').wait(VolumeIds=[v], WaiterConfig={'Delay': 1})
            ec2.attach_volume(VolumeId=v, InstanceId=i, Device='/dev/sdf')
            ec2.get_waiter('volume_in_use').wait(VolumeIds=[v], WaiterConfig={'Delay': 1})
            small = refused(lambda: ec2.create_volume(AvailabilityZone='us-east-1a', SnapshotId=s, Size=told['VolumeSize'] - 1)) if told['VolumeSize'] > 1 else 'InvalidParameterValue'
            used = refused(lambda: ec2.delete_snapshot(SnapshotId=image['BlockDeviceMappings'][0]['Ebs']['SnapshotId']))
            ec2.delete_snapshot(SnapshotId=s)
            gone = refused(lambda: ec2.describe_snapshots(SnapshotIds=[s]))
            ec2.terminate_instances(InstanceIds=[i])
            ec2.get_waiter('volume_available').wait(VolumeIds=[v], WaiterConfig={'Delay': 1})
            ec2.delete_volume(VolumeId=v)
            answer = [taken['State'], taken['Description'], told['State'], told['Progress'], len(told['Tags']), made['State'], made['SnapshotId'] == s, again, small, used, gone]
            """);
        answer!.ToJsonString().ShouldBe(
            """["pending","nightly","completed","100%",2,"creating",true,true,"InvalidParameterValue","InvalidSnapshot.InUse","InvalidSnapshot.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "ModifySnapshotAttribute", "DescribeSnapshotAttribute", "ResetSnapshotAttribute")]
    public async Task Snapshots_are_shared_and_not_any_more()
    {
        var answer = await cloud.Boto.RunAsync("""
            v = ec2.create_volume(AvailabilityZone='us-east-1a', Size=1)['VolumeId']
            s = ec2.create_snapshot(VolumeId=v)['SnapshotId']
            def told(): return [p.get('UserId', p.get('Group')) for p in ec2.describe_snapshot_attribute(SnapshotId=s, Attribute='createVolumePermission')['CreateVolumePermissions']]
            ec2.modify_snapshot_attribute(SnapshotId=s, Attribute='createVolumePermission', OperationType='add', UserIds=['210987654321'])
            ec2.modify_snapshot_attribute(SnapshotId=s, CreateVolumePermission={'Add': [{'Group': 'all'}]})
            shared = told()
            public = [t['SnapshotId'] for t in ec2.describe_snapshots(RestorableByUserIds=['all'], OwnerIds=['self'])['Snapshots']]
            named = [t['SnapshotId'] for t in ec2.describe_snapshots(RestorableByUserIds=['210987654321'])['Snapshots']]
            ec2.modify_snapshot_attribute(SnapshotId=s, CreateVolumePermission={'Remove': [{'Group': 'all'}]})
            private = told()
            ec2.reset_snapshot_attribute(SnapshotId=s, Attribute='createVolumePermission')
            wrong = refused(lambda: ec2.modify_snapshot_attribute(SnapshotId=s, CreateVolumePermission={'Add': [{'UserId': 'bob'}]}))
            answer = [shared, public == [s], named == [s], private, told(), wrong]
            ec2.delete_snapshot(SnapshotId=s)
            ec2.delete_volume(VolumeId=v)
            """);
        answer!.ToJsonString().ShouldBe("""[["all","210987654321"],true,true,["210987654321"],[],"InvalidParameterValue"]""");
    }

    [Fact]
    [Covers("ec2", "LockSnapshot", "UnlockSnapshot", "DescribeLockedSnapshots", "EnableSnapshotBlockPublicAccess", "DisableSnapshotBlockPublicAccess", "GetSnapshotBlockPublicAccessState")]
    public async Task A_locked_snapshot_stays_and_one_that_may_not_be_public_is_not()
    {
        var answer = await cloud.JavaScript.RunAsync("""
            const refused = async command => { try { await ec2.send(command); return ''; } catch (e) { return e.name; } };
            const { VolumeId } = await ec2.send(new EC2.CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 1 }));
            const { SnapshotId } = await ec2.send(new EC2.CreateSnapshotCommand({ VolumeId }));
            const locked = await ec2.send(new EC2.LockSnapshotCommand({ SnapshotId, LockMode: 'compliance', LockDuration: 1, CoolOffPeriod: 1 }));
            const listed = (await ec2.send(new EC2.DescribeLockedSnapshotsCommand({ SnapshotIds: [SnapshotId] }))).Snapshots;
            const kept = await refused(new EC2.DeleteSnapshotCommand({ SnapshotId }));
            await ec2.send(new EC2.UnlockSnapshotCommand({ SnapshotId }));
            const states = [(await ec2.send(new EC2.EnableSnapshotBlockPublicAccessCommand({ State: 'block-new-sharing' }))).State];
            const open = await refused(new EC2.ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add: [{ Group: 'all' }] } }));
            states.push((await ec2.send(new EC2.DisableSnapshotBlockPublicAccessCommand({}))).State, (await ec2.send(new EC2.GetSnapshotBlockPublicAccessStateCommand({}))).State);
            await ec2.send(new EC2.DeleteSnapshotCommand({ SnapshotId }));
            await ec2.send(new EC2.DeleteVolumeCommand({ VolumeId }));
            return [locked.LockState, listed.map(one => one.LockState), kept, states, open];
            """);
        answer!.ToJsonString().ShouldBe("""["compliance-cooloff",["compliance-cooloff"],"OperationNotPermitted",["block-new-sharing","unblocked","unblocked"],"OperationNotPermitted"]""");
    }
}
