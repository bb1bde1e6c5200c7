using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Images, as real clients make, share, protect and remove them.</summary>
public sealed class ImageTests(SimulatedCloud cloud)
{
    private const string Launch = """
        tiny = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}], Owners=['amazon'])['Images'][0]
        i = ec2.run_instances(ImageId=tiny['ImageId'], MinCount=1, MaxCount=1, BlockDeviceMappings=[{'DeviceName': '/dev/sdf', 'Ebs': {'VolumeSize': 3}}])['Instances'][0]['InstanceId']
        ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})

        """;

    [Fact]
    [Covers("ec2", "CreateImage", "DeregisterImage", "RegisterImage", "CreateSnapshots", "CopySnapshot")]
    public async Task Servers_become_images_and_snapshots_do_too()
    {
        var answer = await cloud.Boto.RunAsync(Launch + """
            a = ec2.create_image(InstanceId=i, Name='of a server', NoReboot=True, TagSpecifications=[{'ResourceType': 'image', 'Tags': [{'Key': 'of', 'Value': i}]}])['ImageId']
            ec2.get_waiter('image_available').wait(ImageIds=[a], WaiterConfig={'Delay': 1})
            told = ec2.describe_images(Owners=['self'], Filters=[{'Name': 'tag:of', 'Values': [i]}])['Images'][0]
            disks = [(d['DeviceName'], d['Ebs']['VolumeSize']) for d in told['BlockDeviceMappings']]
            twice = refused(lambda: ec2.create_image(InstanceId=i, Name='of a server'))
            j = ec2.run_instances(ImageId=a, MinCount=1, MaxCount=1)['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[j], WaiterConfig={'Delay': 1})
            volumes = len(ec2.describe_instances(InstanceIds=[j])['Reservations'][0]['Instances'][0]['BlockDeviceMappings'])
            taken = ec2.create_snapshots(InstanceSpecification={'InstanceId': j, 'ExcludeBootVolume': False}, CopyTagsFromSource='volume')['Snapshots']
            s = [t['SnapshotId'] for t in taken]
            ec2.get_waiter('snapshot_completed').wait(SnapshotIds=s, WaiterConfig={'Delay': 1})
            c = ec2.copy_snapshot(SourceRegion='us-east-1', SourceSnapshotId=s[0])['SnapshotId']
            ec2.get_waiter('snapshot_completed').wait(SnapshotIds=[c], WaiterConfig={'Delay': 1})
            r = ec2.register_image(Name='of a snapshot', Architecture='x86_64', VirtualizationType='hvm', RootDeviceName='/dev/xvda', EnaSupport=True, BlockDeviceMappings=[{'DeviceName': '/dev/xvda', 'Ebs': {'SnapshotId': c}}])['ImageId']
            used = refused(lambda: ec2.delete_snapshot(SnapshotId=c))
            ec2.deregister_image(ImageId=r)
            ec2.deregister_image(ImageId=a)
            gone = refused(lambda: ec2.describe_images(ImageIds=[a]))
            for snapshot in s + [c] + [d['Ebs']['SnapshotId'] for d in told['BlockDeviceMappings']]:
                ec2.delete_snapshot(SnapshotId=snapshot)
            ec2.terminate_instances(InstanceIds=[i, j])
            answer = [told['State'], told['Public'], disks, twice, volumes, len(s), used, gone]
            """);
        answer!.ToJsonString().ShouldBe(
            """["available",false,[["/dev/xvda",1],["/dev/sdf",3]],"InvalidAMIName.Duplicate",2,2,"InvalidSnapshot.InUse","InvalidAMIID.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "CopyImage", "ModifyImageAttribute", "DescribeImageAttribute", "ResetImageAttribute", "EnableImageDeprecation", "DisableImageDeprecation",
        "EnableImageBlockPublicAccess", "DisableImageBlockPublicAccess", "GetImageBlockPublicAccessState")]
    public async Task Images_are_copied_shared_and_superseded()
    {
        // The AWS CLI and boto3 that Debian has are older than this call.
        var states = await cloud.JavaScript.RunAsync("""
            const read = async () => (await ec2.send(new EC2.GetImageBlockPublicAccessStateCommand({}))).ImageBlockPublicAccessState;
            await ec2.send(new EC2.EnableImageBlockPublicAccessCommand({ ImageBlockPublicAccessState: 'block-new-sharing' }));
            return [await read(), (await ec2.send(new EC2.DisableImageBlockPublicAccessCommand({}))).ImageBlockPublicAccessState];
            """);
        states!.ToJsonString().ShouldBe("""["block-new-sharing","unblocked"]""");
        var answer = await cloud.Boto.RunAsync("""
            import datetime
            tiny = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}], Owners=['amazon'])['Images'][0]['ImageId']
            a = ec2.copy_image(Name='a copy of tiny', SourceImageId=tiny, SourceRegion='us-east-1', Description='mine')['ImageId']
            ec2.get_waiter('image_available').wait(ImageIds=[a], WaiterConfig={'Delay': 1})
            def told(): return [p.get('UserId', p.get('Group')) for p in ec2.describe_image_attribute(ImageId=a, Attribute='launchPermission')['LaunchPermissions']]
            ec2.modify_image_attribute(ImageId=a, LaunchPermission={'Add': [{'UserId': '210987654321'}, {'Group': 'all'}]})
            shared = told()
            public = [x['ImageId'] for x in ec2.describe_images(Owners=['self'], ExecutableUsers=['all'])['Images']] == [a]
            ec2.reset_image_attribute(ImageId=a, Attribute='launchPermission')
            private = told()
            ec2.modify_image_attribute(ImageId=a, Description={'Value': 'still mine'})
            described = ec2.describe_image_attribute(ImageId=a, Attribute='description')['Description']['Value']
            ec2.enable_image_deprecation(ImageId=a, DeprecateAt=datetime.datetime.utcnow() + datetime.timedelta(days=9))
            deprecated = 'DeprecationTime' in ec2.describe_images(ImageIds=[a])['Images'][0]
            ec2.disable_image_deprecation(ImageId=a)
            again = 'DeprecationTime' in ec2.describe_images(ImageIds=[a])['Images'][0]
            ec2.deregister_image(ImageId=a)
            answer = [shared, public, private, described, deprecated, again]
            """);
        answer!.ToJsonString().ShouldBe("""[["all","210987654321"],true,[],"still mine",true,false]""");
    }

    [Fact]
    [Covers("ec2", "EnableImage", "DisableImage", "EnableImageDeregistrationProtection", "DisableImageDeregistrationProtection")]
    public async Task Images_are_put_away_and_protected()
    {
        var answer = await cloud.JavaScript.RunAsync("""
            const tiny = (await ec2.send(new EC2.DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['tiny'] }] }))).Images[0].ImageId;
            const ImageId = (await ec2.send(new EC2.CopyImageCommand({ Name: 'put away', SourceImageId: tiny, SourceRegion: 'us-east-1' }))).ImageId;
            await EC2.waitUntilImageAvailable({ client: ec2, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { ImageIds: [ImageId] });
            const own = async options => (await ec2.send(new EC2.DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'image-id', Values: [ImageId] }], ...options }))).Images.map(image => image.State);
            const disabled = (await ec2.send(new EC2.DisableImageCommand({ ImageId }))).Return;
            const seen = [await own({}), await own({ IncludeDisabled: true })];
            const enabled = (await ec2.send(new EC2.EnableImageCommand({ ImageId }))).Return;
            const kept = (await ec2.send(new EC2.EnableImageDeregistrationProtectionCommand({ ImageId }))).Return;
            const refused = await ec2.send(new EC2.DeregisterImageCommand({ ImageId })).catch(error => error.name);
            const free = (await ec2.send(new EC2.DisableImageDeregistrationProtectionCommand({ ImageId }))).Return;
            const gone = await ec2.send(new EC2.DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true }));
            return [disabled, ...seen, enabled, kept, refused, free, gone.Return, gone.DeleteSnapshotResults.map(result => result.ReturnCode)];
            """);
        answer!.ToJsonString().ShouldBe("""[true,[],["disabled"],true,"enabled-without-cooldown","OperationNotPermitted","disabled",true,["success"]]""");
    }
}
