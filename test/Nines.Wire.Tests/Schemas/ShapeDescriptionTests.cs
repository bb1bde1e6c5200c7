using Nines.Api.Ec2;
using Nines.Api.Sts;
using Nines.Wire.Schemas;
using Nines.Wire.Tests.Generated.Lambda;
using Nines.Wire.Tests.RoundTrip;

namespace Nines.Wire.Tests.Schemas;

public class ShapeDescriptionTests
{
    [Fact]
    public void Shows_what_is_set() => new RunInstancesRequest
    {
        ImageId = "ami-1",
        MinCount = 1,
        SecurityGroupIds = ["sg-1", "sg-2"],
        TagSpecifications = [new TagSpecification { ResourceType = "instance", Tags = [new Tag { Key = "a", Value = "b" }] }],
    }.ToString().ShouldBe("RunInstancesRequest { ImageId = ami-1, MinCount = 1, SecurityGroupIds = [sg-1, sg-2], "
        + "TagSpecifications = [{ ResourceType = instance, Tags = [{ Key = a, Value = b }] }] }");

    [Fact]
    public void Hides_what_is_sensitive()
    {
        new GetSessionTokenResult { Credentials = new Credentials { AccessKeyId = "AKID", SecretAccessKey = "hush" } }.ToString()
            .ShouldBe("GetSessionTokenResponse { Credentials = { AccessKeyId = AKID, SecretAccessKey = *** } }");
        new Generated.Lambda.Environment { Variables = new Dictionary<string, string> { ["PASSWORD"] = "hush" } }.ToString().ShouldBe("Environment { Variables = *** }");
    }

    [Fact]
    public void Cuts_what_is_long()
    {
        new DescribeInstancesRequest { NextToken = new string('x', 1000) }.ToString().Length.ShouldBeLessThan(300);
        new DescribeInstancesRequest { InstanceIds = [.. Enumerable.Repeat("i-0123456789", 10_000)], MaxResults = 5 }.ToString().Length.ShouldBeLessThan(5000);
    }

    [Fact]
    public void Describes_every_shape()
    {
        foreach (var operation in Nines.Api.AwsServices.Implemented.SelectMany(service => service.Operations))
        {
            for (var seed = 0; seed < 10; seed++)
            {
                var text = operation.ReadOutput(new RandomShapeReader(new Random(seed), rest: false)).ToString()!;
                (text.StartsWith(operation.Output.Name + " { ", StringComparison.Ordinal) && text.EndsWith('}')).ShouldBeTrue(text);
            }
        }
    }
}
