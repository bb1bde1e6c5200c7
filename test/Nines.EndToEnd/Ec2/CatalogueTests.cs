using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>What the cloud offers: images, types, zones, limits.</summary>
public sealed class CatalogueTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "DescribeImages")]
    public async Task Images_are_found_by_name_and_owner()
    {
        var answer = await cloud.Boto.RunAsync("""
            images = ec2.describe_images(Owners=['amazon'], Filters=[{'Name': 'name', 'Values': ['ti*']}])['Images']
            image = images[0]
            same = ec2.describe_images(ImageIds=[image['ImageId']])['Images'][0]
            answer = [len(images), image['Name'], image['Architecture'], image['State'], image['VirtualizationType'], image['RootDeviceType'],
                      image['ImageId'][:4], same == image, image['BlockDeviceMappings'][0]['DeviceName'] == image['RootDeviceName']]
            """);
        answer!.AsArray().Select(value => value!.ToString()).ShouldBe(["1", "tiny", "x86_64", "available", "hvm", "ebs", "ami-", "true", "true"]);
    }

    [Fact]
    [Covers("ec2", "DescribeInstanceTypes", "DescribeInstanceTypeOfferings")]
    public async Task Types_have_awss_sizes()
    {
        var answer = await cloud.Boto.RunAsync("""
            sizes = lambda name: (lambda t: [t['VCpuInfo']['DefaultVCpus'], t['MemoryInfo']['SizeInMiB']])(ec2.describe_instance_types(InstanceTypes=[name])['InstanceTypes'][0])
            names = [t['InstanceType'] for p in ec2.get_paginator('describe_instance_types').paginate(PaginationConfig={'PageSize': 10}) for t in p['InstanceTypes']]
            offered = ec2.describe_instance_type_offerings(LocationType='availability-zone', Filters=[{'Name': 'instance-type', 'Values': ['t3.micro']}])['InstanceTypeOfferings']
            answer = [sizes('t2.micro'), sizes('c5.xlarge'), sizes('r5.4xlarge'), len(names) == len(set(names)), {f.split('.')[0] for f in names} >= {'t2', 't3', 'm5', 'c5', 'r5'}, len(offered)]
            """);
        answer!.ToJsonString().ShouldBe("[[1,1024],[4,8192],[16,131072],true,true,3]");
    }

    [Fact]
    [Covers("ec2", "DescribeAvailabilityZones", "DescribeRegions", "DescribeAccountAttributes")]
    public async Task Zones_regions_and_limits_are_told()
    {
        var aws = cloud.Aws;
        var zones = (await aws.RunAsync("ec2", "describe-availability-zones"))["AvailabilityZones"]!.AsArray();
        zones.Select(zone => zone!["ZoneName"]!.GetValue<string>()).ShouldBe(["us-east-1a", "us-east-1b", "us-east-1c"]);
        zones[0]!["ZoneId"]!.GetValue<string>().ShouldBe("use1-az1");
        var regions = (await aws.RunAsync("ec2", "describe-regions"))["Regions"]!.AsArray();
        regions.ShouldContain(region => region!["RegionName"]!.GetValue<string>() == "us-east-1");
        var attributes = (await aws.RunAsync("ec2", "describe-account-attributes", "--attribute-names", "supported-platforms"))["AccountAttributes"]![0]!;
        attributes["AttributeValues"]![0]!["AttributeValue"]!.GetValue<string>().ShouldBe("VPC");
    }
}
