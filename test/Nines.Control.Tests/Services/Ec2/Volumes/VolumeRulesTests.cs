using Nines.Control.Services.Ec2.Volumes;

namespace Nines.Control.Tests.Services.Ec2.Volumes;

public sealed class VolumeRulesTests
{
    /// <summary>"Amazon EBS volume types": what each type may do in a second, with its burst.</summary>
    [Theory]
    [InlineData("gp2", 8, null, null, 3000, 128)]
    [InlineData("gp2", 2000, 6000, null, 6000, 250)]
    [InlineData("gp3", 8, 3000, 125, 3000, 125)]
    [InlineData("gp3", 100, 5000, 500, 5000, 500)]
    [InlineData("io2", 100, 10000, null, 10000, 1000)]
    [InlineData("st1", 1024, null, null, 0, 250)]
    [InlineData("st1", 16384, null, null, 0, 500)]
    [InlineData("sc1", 1024, null, null, 0, 80)]
    public void Limits_are_those_of_the_type(string type, int sizeGiB, int? iops, int? throughput, int iopsLimit, int mebibytes)
    {
        var shape = new VolumeShape(type, sizeGiB, iops, throughput);

        VolumeRules.IopsLimit(shape).ShouldBe(iopsLimit);
        VolumeRules.BytesPerSecondLimit(shape).ShouldBe(mebibytes * 1048576L);
    }
}
