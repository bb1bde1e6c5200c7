using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.InstanceTypes;

public sealed class InstanceTypeOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("t2.micro", 1, 1024, 10)]
    [InlineData("t3.micro", 2, 1024, 20)]
    [InlineData("t3.2xlarge", 8, 32768, 320)]
    [InlineData("m5.large", 2, 8192, 200)]
    [InlineData("c5.xlarge", 4, 8192, 400)]
    [InlineData("r5.4xlarge", 16, 131072, 1600)]
    public void A_type_has_AWSs_processors_and_memory(string name, int vcpus, int memoryMiB, int cpuBaselinePercent)
    {
        var type = InstanceTypeCatalog.Find(name).ShouldNotBeNull();
        (type.VCpus, type.MemoryMiB, type.CpuBaselinePercent).ShouldBe((vcpus, memoryMiB, cpuBaselinePercent));
    }

    [Fact]
    public void The_catalogue_has_whole_families()
    {
        InstanceTypeCatalog.All.CountBy(type => type.Name.Split('.')[0]).OrderBy(family => family.Key, StringComparer.Ordinal).ShouldBe(
            [new("c5", 4), new("c6i", 4), new("m5", 4), new("m6i", 4), new("r5", 4), new("r6i", 4), new("t2", 7), new("t3", 7), new("t3a", 7)]);
        InstanceTypeCatalog.All.ShouldAllBe(type => type.Description.VCpuInfo!.DefaultVCpus == type.VCpus && type.VCpus % type.ThreadsPerCore == 0);
        InstanceTypeCatalog.All.Where(type => type.Hypervisor == "nitro")
            .ShouldAllBe(type => type.Description.EbsInfo!.EbsOptimizedInfo!.MaximumIops >= type.Description.EbsInfo.EbsOptimizedInfo.BaselineIops);
    }

    [Fact]
    public async Task A_type_is_described_as_AWS_describes_it()
    {
        var type = (await Types(new() { InstanceTypes = ["t3.micro"] })).InstanceTypes!.ShouldHaveSingleItem();
        (type.Hypervisor, type.FreeTierEligible, type.BurstablePerformanceSupported, type.CurrentGeneration).ShouldBe(("nitro", true, true, true));
        type.ProcessorInfo!.SustainedClockSpeedInGhz.ShouldBe(2.5);
        type.NetworkInfo!.NetworkPerformance.ShouldBe("Up to 5 Gigabit");
        (type.NetworkInfo.MaximumNetworkInterfaces, type.NetworkInfo.Ipv4AddressesPerInterface).ShouldBe((2, 2));
        (type.EbsInfo!.EbsOptimizedInfo!.BaselineThroughputInMBps, type.EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps).ShouldBe((10.875, 260.625));
        (type.VCpuInfo!.DefaultCores, type.VCpuInfo.DefaultThreadsPerCore).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("vcpu-info.default-vcpus", "1", "t2.micro,t2.nano,t2.small")]
    [InlineData("memory-info.size-in-mib", "131072", "r5.4xlarge,r6i.4xlarge")]
    [InlineData("free-tier-eligible", "true", "t3.micro,t3.small")]
    [InlineData("processor-info.sustained-clock-speed-in-ghz", "2.4", "t2.nano")]
    [InlineData("instance-storage-supported", "true", "")]
    [InlineData("ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", "5.375", "t3.nano")]
    public async Task Filters_narrow_the_answer(string name, string value, string expected)
    {
        var types = (await Types(new() { Filters = [new Filter { Name = name, Values = [value] }] })).InstanceTypes!;
        string.Join(',', types.Select(type => type.InstanceType)).ShouldBe(expected);
    }

    [Fact]
    public async Task Types_that_do_not_exist_are_named()
    {
        var error = await Should.ThrowAsync<AwsException>(() => Types(new() { InstanceTypes = ["t3.micro", "t9.micro", "x"] }));
        error.Code.ShouldBe("InvalidInstanceType");
        error.Message.ShouldBe("The following supplied instance types do not exist: [t9.micro, x]");
        Should.Throw<AwsException>(() => InstanceTypeCatalog.Require("t9.micro")).Message.ShouldBe("Invalid value 't9.micro' for InstanceType.");
    }

    [Fact]
    public async Task Pages_have_5_to_100_types()
    {
        var page = await Types(new() { MaxResults = 5 });
        page.InstanceTypes!.Count.ShouldBe(5);
        page.NextToken.ShouldNotBeNull();
        await Should.ThrowAsync<AwsException>(() => Types(new() { MaxResults = 101 }));
        (await Types(new())).NextToken.ShouldBeNull();
    }

    [Theory]
    [InlineData(null, "us-east-1")]
    [InlineData("availability-zone", "us-east-1a,us-east-1b,us-east-1c")]
    [InlineData("availability-zone-id", "use1-az1,use1-az2,use1-az3")]
    [InlineData("outpost", "")]
    public async Task Every_type_is_offered_everywhere(string? locationType, string expected)
    {
        var offerings = (await _world.AskAsync(Ec2Api.DescribeInstanceTypeOfferings, new()
        {
            LocationType = locationType,
            Filters = [new Filter { Name = "instance-type", Values = ["t2.nano"] }],
        })).InstanceTypeOfferings!;
        string.Join(',', offerings.Select(offering => offering.Location)).ShouldBe(expected);
    }

    private Task<DescribeInstanceTypesResult> Types(DescribeInstanceTypesRequest input) => _world.AskAsync(Ec2Api.DescribeInstanceTypes, input);
}
