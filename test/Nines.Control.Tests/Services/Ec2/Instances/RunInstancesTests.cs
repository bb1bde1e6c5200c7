using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using PrivateAddress = Nines.Control.Services.Ec2.Addresses.PrivateAddress;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public class RunInstancesTests
{
    private const string NoId = "00000000000000000";

    /// <summary>Every way to be refused, each with AWS's code.</summary>
    public static TheoryData<string, string, RunInstancesRequest> Refusals { get; } = new()
    {
        { "no image", "MissingParameter", Sound with { ImageId = null } },
        { "no counts", "MissingParameter", Sound with { MinCount = null } },
        { "malformed image", "InvalidAMIID.Malformed", Sound with { ImageId = "tiny" } },
        { "unknown image", "InvalidAMIID.NotFound", Sound with { ImageId = "ami-" + NoId } },
        { "unknown type", "InvalidParameterValue", Sound with { InstanceType = "t3.enormous" } },
        { "unknown key", "InvalidKeyPair.NotFound", Sound with { KeyName = "nobody" } },
        { "malformed subnet", "InvalidSubnetId.Malformed", Sound with { SubnetId = "here" } },
        { "unknown subnet", "InvalidSubnetID.NotFound", Sound with { SubnetId = "subnet-" + NoId } },
        { "malformed group", "InvalidGroupId.Malformed", Sound with { SecurityGroupIds = ["default"] } },
        { "unknown group", "InvalidGroup.NotFound", Sound with { SecurityGroupIds = ["sg-" + NoId] } },
        { "unknown group name", "InvalidGroup.NotFound", Sound with { SecurityGroups = ["nobody"] } },
        { "group name with subnet", "InvalidParameterCombination", Sound with { SecurityGroups = ["default"], SubnetId = "subnet-" + NoId } },
        { "too many groups", "SecurityGroupsPerInterfaceLimitExceeded", Sound with { SecurityGroups = ["a", "b", "c", "d", "e", "f"] } },
        { "count of none", "InvalidParameterValue", Sound with { MinCount = 0 } },
        { "most below least", "InvalidParameterCombination", Sound with { MinCount = 2 } },
        { "too many", "InstanceLimitExceeded", Sound with { MaxCount = 1001 } },
        { "unknown zone", "InvalidParameterValue", Sound with { Placement = new() { AvailabilityZone = "us-east-1z" } } },
        { "unknown placement group", "InvalidPlacementGroup.Unknown", Sound with { Placement = new() { GroupName = "near" } } },
        { "unknown host", "InvalidHostID.NotFound", Sound with { Placement = new() { HostId = "h-" + NoId } } },
        { "tenancy", "UnsupportedOperation", Sound with { Placement = new() { Tenancy = "dedicated" } } },
        { "user data not base64", "InvalidParameterValue", Sound with { UserData = "#!/bin/sh" } },
        { "user data too long", "InvalidParameterValue", Sound with { UserData = Convert.ToBase64String(new byte[16385]) } },
        { "hop limit of none", "InvalidParameterValue", Sound with { MetadataOptions = new() { HttpPutResponseHopLimit = 0 } } },
        { "hop limit too high", "InvalidParameterValue", Sound with { MetadataOptions = new() { HttpPutResponseHopLimit = 65 } } },
        { "tokens unknown", "InvalidParameterValue", Sound with { MetadataOptions = new() { HttpTokens = "maybe" } } },
        { "shutdown behaviour", "InvalidParameterValue", Sound with { InstanceInitiatedShutdownBehavior = "sleep" } },
        { "token too long", "InvalidParameterValue", Sound with { ClientToken = new string('t', 65) } },
        { "profile twice", "InvalidParameterCombination", Sound with { IamInstanceProfile = new() { Arn = "a", Name = "b" } } },
        { "profile malformed", "InvalidParameterValue", Sound with { IamInstanceProfile = new() { Arn = "arn:aws:s3:::b" } } },
        { "credits of a type without", "InvalidParameterCombination", Sound with { InstanceType = "c5.xlarge", CreditSpecification = new() { CpuCredits = "unlimited" } } },
        { "processors that the type has not", "UnsupportedOperation", Sound with { CpuOptions = new() { CoreCount = 4, ThreadsPerCore = 1 } } },
        { "spot", "UnsupportedOperation", Sound with { InstanceMarketOptions = new() { MarketType = "spot" } } },
        { "IPv6", "UnsupportedOperation", Sound with { Ipv6AddressCount = 1 } },
        { "launch template", "InvalidLaunchTemplateId.NotFound", Sound with { LaunchTemplate = new() { LaunchTemplateId = "lt-" + NoId } } },
        { "address of nowhere", "InvalidParameterValue", Sound with { PrivateIpAddress = "10.0.0.4" } },
        { "address of several", "InvalidParameterCombination", Sound with { PrivateIpAddress = "172.31.0.9", MaxCount = 2 } },
        { "interface and subnet", "InvalidParameterCombination", Sound with { SubnetId = "subnet-" + NoId, NetworkInterfaces = [new() { DeviceIndex = 0 }] } },
        { "interface without index", "InvalidParameterValue", Sound with { NetworkInterfaces = [new()] } },
        { "interfaces of one index", "InvalidParameterValue", Sound with { NetworkInterfaces = [new() { DeviceIndex = 0 }, new() { DeviceIndex = 0 }] } },
        { "interface not the first", "InvalidParameterValue", Sound with { NetworkInterfaces = [new() { DeviceIndex = 1 }] } },
        { "device twice", "InvalidBlockDeviceMapping", Sound with { BlockDeviceMappings = [Disk("/dev/sdf", 1), Disk("/dev/sdf", 1)] } },
        { "device malformed", "InvalidParameterValue", Sound with { BlockDeviceMappings = [Disk("C:", 1)] } },
        { "root too small", "InvalidBlockDeviceMapping", Sound with { BlockDeviceMappings = [Disk("/dev/xvda", 1)] } },
        { "disk without size", "MissingParameter", Sound with { BlockDeviceMappings = [Disk("/dev/sdf", null)] } },
        { "disk of no size", "InvalidParameterValue", Sound with { BlockDeviceMappings = [Disk("/dev/sdf", 0)] } },
        { "disk of unknown type", "InvalidParameterValue", Sound with { BlockDeviceMappings = [Disk("/dev/sdf", 1, "gp9")] } },
        { "io1 without iops", "MissingParameter", Sound with { BlockDeviceMappings = [Disk("/dev/sdf", 10, "io1")] } },
        { "unknown snapshot", "InvalidSnapshot.NotFound", Sound with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { SnapshotId = "snap-" + NoId } }] } },
        { "tags of another type", "InvalidParameterValue", Sound with { TagSpecifications = [new() { ResourceType = "vpc", Tags = [new() { Key = "a" }] }] } },
        { "reserved tag", "InvalidParameterValue", Sound with { TagSpecifications = [new() { ResourceType = "instance", Tags = [new() { Key = "aws:a" }] }] } },
        { "no host is so large", "InsufficientInstanceCapacity", Sound with { InstanceType = "m5.4xlarge", MinCount = 20, MaxCount = 20 } },
        { "dry run", "DryRunOperation", Sound with { DryRun = true } },
    };

    private static RunInstancesRequest Sound => new() { ImageId = ComputeFixture.ImageId, InstanceType = "t3.micro", MinCount = 1, MaxCount = 1 };

    [Fact]
    public async Task What_is_refused_has_AWSs_code_and_leaves_nothing_behind()
    {
        await using var cloud = await ComputeFixture.CreateAsync(configure: options => options with { MemoryMiB = 64 * 1024 });
        foreach (var (what, code, input) in Refusals.Select(row => row.Data))
        {
            (await Should.ThrowAsync<AwsException>(() => cloud.RunAsync(_ => input), what)).Code.ShouldBe(code, what);
        }

        cloud.Cloud.ListAll(Instance.Table).ShouldBeEmpty();
        cloud.Cloud.ListAll(Volume.Table).ShouldBeEmpty();
        cloud.Cloud.ListAll(PrivateAddress.Table).ShouldBeEmpty();
        cloud.Compute.Ledger.UsedOn("host-1").ShouldBe(default);
    }

    [Fact]
    public async Task A_repeat_with_the_same_token_gets_the_first_answer_and_another_request_is_refused()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var first = await cloud.RunAsync(input => input with { ClientToken = "once", MaxCount = 3 });
        var again = await cloud.RunAsync(input => input with { ClientToken = "once", MaxCount = 3 });

        again.ReservationId.ShouldBe(first.ReservationId);
        again.Instances!.Select(instance => instance.InstanceId).ShouldBe(first.Instances!.Select(instance => instance.InstanceId));
        var fault = await Should.ThrowAsync<AwsException>(() => cloud.RunAsync(input => input with { ClientToken = "once", MaxCount = 2 }));
        fault.Code.ShouldBe("IdempotentParameterMismatch");
        cloud.Cloud.ListAll(Instance.Table).Count().ShouldBe(3);
    }

    [Fact]
    public async Task Repeats_at_the_same_time_launch_once()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => cloud.RunAsync(input => input with { ClientToken = "once" })));

        answers.Select(answer => answer.ReservationId).Distinct().ShouldHaveSingleItem();
        cloud.Cloud.ListAll(Instance.Table).ShouldHaveSingleItem();
        cloud.Compute.Ledger.UsedOn("host-1").MemoryMiB.ShouldBe(1024);
    }

    [Fact]
    public async Task As_many_are_launched_as_fit_above_the_least_number()
    {
        await using var cloud = await ComputeFixture.CreateAsync(configure: options => options with { MemoryMiB = 6 * 1024 });
        var launched = await cloud.RunAsync(input => input with { MinCount = 2, MaxCount = 50 });
        launched.Instances!.Count.ShouldBe(5);
        launched.Instances.Select(instance => instance.AmiLaunchIndex).ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public async Task Launches_at_the_same_time_never_share_room()
    {
        await using var cloud = await ComputeFixture.CreateAsync(configure: options => options with { MemoryMiB = 6 * 1024 });
        var attempts = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                return (await cloud.RunAsync()).Instances!.Count;
            }
            catch (AwsException e) when (e.Code == "InsufficientInstanceCapacity")
            {
                return 0;
            }
        }));
        attempts.Sum().ShouldBe(5);
    }

    [Fact]
    public async Task Everything_that_was_asked_for_is_there()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var vpc = cloud.Cloud.ListAll(Vpc.Table).Single();
        var subnet = cloud.Cloud.By(Subnet.ByVpc, vpc.Id).Single(subnet => subnet.AvailabilityZone == "us-east-1b");
        var address = subnet.CidrBlock.Replace(".0/20", ".77", StringComparison.Ordinal);
        var launched = await cloud.RunningAsync(input => input with
        {
            NetworkInterfaces = [new() { DeviceIndex = 0, SubnetId = subnet.Id, AssociatePublicIpAddress = false, PrivateIpAddress = address, Groups = [vpc.DefaultSecurityGroupId], Description = "front" }],
            UserData = Convert.ToBase64String("#!/bin/sh"u8),
            BlockDeviceMappings = [Disk("/dev/xvda", 5, "gp3"), Disk("/dev/sdf", 7)],
            MetadataOptions = new() { HttpTokens = "required", HttpPutResponseHopLimit = 2, InstanceMetadataTags = "enabled" },
            IamInstanceProfile = new() { Name = "web" },
            TagSpecifications =
            [
                new() { ResourceType = "instance", Tags = [new() { Key = "Name", Value = "web-1" }] },
                new() { ResourceType = "volume", Tags = [new() { Key = "of", Value = "web-1" }] },
                new() { ResourceType = "network-interface", Tags = [new() { Key = "of", Value = "eni" }] },
            ],
        });

        var shown = await cloud.DescribeAsync(launched.Id);
        (shown.SubnetId, shown.PrivateIpAddress, shown.PublicIpAddress, shown.PublicDnsName).ShouldBe((subnet.Id, address, null, ""));
        shown.Placement!.AvailabilityZone.ShouldBe("us-east-1b");
        shown.IamInstanceProfile!.Arn.ShouldBe($"arn:aws:iam::{ComputeFixture.Account}:instance-profile/web");
        shown.Tags.ShouldBe([new Tag { Key = "Name", Value = "web-1" }]);
        shown.NetworkInterfaces![0].Description.ShouldBe("front");
        (shown.MetadataOptions!.HttpTokens, shown.MetadataOptions.HttpPutResponseHopLimit, shown.MetadataOptions.InstanceMetadataTags).ShouldBe(("required", 2, "enabled"));
        var volumes = (await cloud.CallAsync(Ec2Api.DescribeVolumes, new DescribeVolumesRequest { Filters = [new() { Name = "tag:of", Values = ["web-1"] }] })).Volumes!;
        volumes.Select(volume => (volume.Size, volume.VolumeType, volume.Attachments![0].Device)).Order().ShouldBe([(5, "gp3", "/dev/xvda"), (7, "gp2", "/dev/sdf")]);
        var adapters = await cloud.CallAsync(Ec2Api.DescribeNetworkInterfaces, new DescribeNetworkInterfacesRequest { Filters = [new() { Name = "attachment.instance-id", Values = [launched.Id] }] });
        adapters.NetworkInterfaces![0].TagSet.ShouldBe([new Tag { Key = "of", Value = "eni" }]);
        var data = await cloud.CallAsync(Ec2Api.DescribeInstanceAttribute, new DescribeInstanceAttributeRequest { InstanceId = launched.Id, Attribute = "userData" });
        Convert.FromBase64String(data.UserData!.Value!).ShouldBe("#!/bin/sh"u8.ToArray());
        (await Should.ThrowAsync<AwsException>(() => cloud.RunAsync(input => input with { SubnetId = subnet.Id, PrivateIpAddress = address }))).Code.ShouldBe("InvalidIPAddress.InUse");
    }

    private static BlockDeviceMapping Disk(string device, int? size, string? type = null) =>
        new() { DeviceName = device, Ebs = new EbsBlockDevice { VolumeSize = size, VolumeType = type } };
}
