using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Query;

public sealed class ResourceIdTests
{
    [Theory]
    [InlineData("i-0123456789abcdef0")]
    [InlineData("i-0a1b2c3d")]
    public void An_id_has_8_or_17_hexadecimal_digits(string id) => ResourceId.Parse<InstanceId>(id).Value.ShouldBe(id);

    [Theory]
    [InlineData("")]
    [InlineData("i-")]
    [InlineData("i-123")]
    [InlineData("i-0123456789ABCDEF0")]
    [InlineData("i-0123456789abcdeg0")]
    [InlineData("i-0123456789abcdef01")]
    [InlineData("vol-0123456789abcdef0")]
    [InlineData("i_0123456789abcdef0")]
    [InlineData("i-0123456789abcdef0 ")]
    public void Anything_else_is_malformed(string id)
    {
        var error = Should.Throw<AwsException>(() => ResourceId.Parse<InstanceId>(id));
        error.Code.ShouldBe("InvalidInstanceID.Malformed");
        error.Message.ShouldBe($"Invalid id: \"{id}\" (expecting \"i-...\")");
    }

    [Fact]
    public void Several_ids_are_each_taken_once_in_order() =>
        ResourceId.ParseAll<VpcId>(["vpc-0000000b", "vpc-0000000a", "vpc-0000000b"]).Select(id => id.Value).ShouldBe(["vpc-0000000b", "vpc-0000000a"]);

    [Fact]
    public void Each_kind_is_refused_in_its_own_words()
    {
        Should.Throw<AwsException>(() => ResourceId.Parse<ImageId>("tiny")).Code.ShouldBe("InvalidAMIID.Malformed");
        Should.Throw<AwsException>(() => ResourceId.Parse<SecurityGroupId>("web")).Code.ShouldBe("InvalidGroupId.Malformed");
        Should.Throw<AwsException>(() => ResourceId.Parse<VolumeId>("x")).Message.ShouldBe("Value (x) for parameter volumeId is invalid. Expected: 'vol-...'.");
        Should.Throw<AwsException>(() => ResourceId.Parse<VpcId>("x")).Code.ShouldBe("InvalidVpcId.Malformed");
    }

    [Fact]
    public void What_does_not_exist_is_named()
    {
        Ec2Errors.NotFound(ResourceKind.Instance, "i-1").Message.ShouldBe("The instance ID 'i-1' does not exist");
        Ec2Errors.NotFound(ResourceKind.Instance, "i-1", "i-2").Message.ShouldBe("The instance IDs 'i-1, i-2' do not exist");
        Ec2Errors.NotFound(ResourceKind.Image, "ami-1").Message.ShouldBe("The image id '[ami-1]' does not exist");
        Ec2Errors.NotFound(ResourceKind.Subnet, "subnet-1").Code.ShouldBe("InvalidSubnetID.NotFound");
    }

    [Theory]
    [InlineData("i-1", "instance")]
    [InlineData("subnet-1", "subnet")]
    [InlineData("sgr-1", "security-group-rule")]
    [InlineData("nothing-1", null)]
    [InlineData("i", null)]
    [InlineData("-i", null)]
    public void The_kind_is_known_by_the_prefix(string id, string? type) => ResourceKind.Of(id)?.ResourceType.ShouldBe(type);
}
