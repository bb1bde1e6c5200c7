using System.Text;
using Nines.Api.Ec2;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Wire.Tests.Protocols;

public class Ec2ProtocolTests
{
    private static readonly WireProtocol s_protocol = WireProtocol.For(ProtocolKind.Ec2);

    [Fact]
    public void Reads_what_boto_sends_for_run_instances()
    {
        var input = Read(
            Ec2Api.RunInstances,
            "Action=RunInstances&Version=2016-11-15&ClientToken=b3d1d2c6&ImageId=ami-12345678&InstanceType=t3.micro&MaxCount=2&MinCount=1"
            + "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=web+1%2F2"
            + "&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda&BlockDeviceMapping.1.Ebs.VolumeSize=8&BlockDeviceMapping.1.Ebs.DeleteOnTermination=true"
            + "&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SecurityGroupId.1=sg-1&NetworkInterface.1.SecurityGroupId.2=sg-2"
            + "&MetadataOptions.HttpTokens=required&UserData=IyEvYmluL3No");

        input.ImageId.ShouldBe("ami-12345678");
        input.InstanceType.ShouldBe("t3.micro");
        (input.MinCount, input.MaxCount).ShouldBe((1, 2));
        input.TagSpecifications!.Single().Tags!.Single().Value.ShouldBe("web 1/2");
        input.BlockDeviceMappings!.Single().Ebs!.VolumeSize.ShouldBe(8);
        input.BlockDeviceMappings!.Single().Ebs!.DeleteOnTermination.ShouldBe(true);
        input.NetworkInterfaces!.Single().Groups.ShouldBe(["sg-1", "sg-2"]);
        input.MetadataOptions!.HttpTokens.ShouldBe("required");
        input.ClientToken.ShouldBe("b3d1d2c6");
    }

    [Fact]
    public void Writes_a_result_as_the_api_reference_shows_it()
    {
        var output = new StopInstancesResult
        {
            StoppingInstances =
            [
                new InstanceStateChange
                {
                    InstanceId = "i-1234567890abcdef0",
                    CurrentState = new InstanceState { Code = 64, Name = InstanceStateName.Stopping },
                    PreviousState = new InstanceState { Code = 16, Name = InstanceStateName.Running },
                },
            ],
        };

        using var response = s_protocol.WriteOutput(Ec2Api.StopInstances, output, "59dbff89-35bd-4eac-99ed-be587EXAMPLE");

        response.Status.ShouldBe(200);
        response.Headers.Find("content-type").ShouldBe("text/xml;charset=UTF-8");
        Encoding.UTF8.GetString(response.Body.Span).ShouldBe("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<StopInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>"
            + "<instancesSet><item><currentState><code>64</code><name>stopping</name></currentState><instanceId>i-1234567890abcdef0</instanceId>"
            + "<previousState><code>16</code><name>running</name></previousState></item></instancesSet></StopInstancesResponse>");
    }

    [Fact]
    public void Reads_the_largest_page_that_is_answered()
    {
        Tag[] tags = [.. Enumerable.Range(0, 50).Select(number => new Tag { Key = $"key {number}", Value = "value" })];
        var output = new DescribeVolumesResult { Volumes = [.. Enumerable.Range(0, 1000).Select(number => new Volume { VolumeId = $"vol-{number}", Tags = tags })] };
        using var response = s_protocol.WriteOutput(Ec2Api.DescribeVolumes, output, "r");

        var read = (DescribeVolumesResult)s_protocol.ReadOutput(Ec2Api.DescribeVolumes, response);

        read.Volumes!.Count.ShouldBe(1000);
        read.Volumes[^1].Tags!.Count.ShouldBe(50);
    }

    [Fact]
    public void Writes_times_with_milliseconds_and_empty_lists_as_empty_elements()
    {
        var output = new DescribeVolumesResult
        {
            Volumes = [new Volume { CreateTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Attachments = [], VolumeType = "gp3 <&>" }],
        };

        using var response = s_protocol.WriteOutput(Ec2Api.DescribeVolumes, output, "r");

        Encoding.UTF8.GetString(response.Body.Span).ShouldContain(
            "<volumeSet><item><attachmentSet/><createTime>2026-01-02T03:04:05.000Z</createTime><volumeType>gp3 &lt;&amp;&gt;</volumeType></item></volumeSet>");
    }

    [Fact]
    public void Answers_true_where_the_model_has_no_result()
    {
        using var response = s_protocol.WriteOutput(Ec2Api.DeleteTags, new DeleteTagsResult(), "r");

        Encoding.UTF8.GetString(response.Body.Span).ShouldEndWith("<requestId>r</requestId><return>true</return></DeleteTagsResponse>");
    }

    [Fact]
    public void Writes_errors_in_the_form_that_all_clients_parse()
    {
        using var response = s_protocol.WriteError(new AwsException("InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist"), Ec2Api.Service, "r");

        response.Status.ShouldBe(400);
        Encoding.UTF8.GetString(response.Body.Span).ShouldBe("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The instance ID &#39;i-1&#39; does not exist</Message></Error></Errors><RequestID>r</RequestID></Response>");
    }

    [Theory]
    [InlineData("MaxCount=1", "MissingParameter", "The request must contain the parameter MinCount")]
    [InlineData("MaxCount=1&MinCount=1&LicenseSpecification=x", "UnknownParameter", "The parameter LicenseSpecification is not recognized")]
    [InlineData("MaxCount=x&MinCount=1", "InvalidParameterValue", "Value (x) for parameter MaxCount is invalid. Expected a 32-bit integer.")]
    [InlineData("MaxCount=1&MinCount=99999999999", "InvalidParameterValue", "Value (99999999999) for parameter MinCount is invalid. Expected a 32-bit integer.")]
    [InlineData("MaxCount=1&MinCount=1&DryRun=maybe", "InvalidParameterValue", "Value (maybe) for parameter DryRun is invalid. Expected 'true' or 'false'.")]
    [InlineData("MaxCount=1&MinCount=1&Colour=red", "UnknownParameter", "The parameter Colour is not recognized")]
    [InlineData("MaxCount=1&MinCount=1&Placement.Colour=red", "UnknownParameter", "The parameter Placement.Colour is not recognized")]
    [InlineData("MaxCount=1&MinCount=1&SecurityGroupId.first=x", "UnknownParameter", "The parameter SecurityGroupId.first is not recognized")]
    [InlineData("MaxCount=1&MinCount=1&SecurityGroupId.0=x", "UnknownParameter", "The parameter SecurityGroupId.0 is not recognized")]
    [InlineData("MaxCount=1&MinCount=1&CreditSpecification.Colour=x", "UnknownParameter", "The parameter CreditSpecification.Colour is not recognized")]
    [InlineData("MaxCount=1&MinCount=1&ElasticInferenceAccelerator.1.Count=1", "MissingParameter", "The request must contain the parameter ElasticInferenceAccelerator.1.Type")]
    public void Refuses_what_ec2_refuses(string parameters, string code, string message)
    {
        var fault = Should.Throw<AwsException>(() => Read(Ec2Api.RunInstances, "Action=RunInstances&" + parameters));

        fault.Code.ShouldBe(code);
        fault.Message.ShouldBe(message);
        fault.Status.ShouldBe(400);
    }

    [Fact]
    public void Reads_parameters_of_a_get_request_and_ignores_those_of_the_signature()
    {
        var request = new WireRequest { Method = "GET", QueryString = "Action=DescribeInstances&Version=2016-11-15&InstanceId.2=i-2&InstanceId.1=i-1&X-Amz-Signature=00&AWSAccessKeyId=x" };

        var input = (DescribeInstancesRequest)s_protocol.ReadInput(Ec2Api.DescribeInstances, request);

        input.InstanceIds.ShouldBe(["i-1", "i-2"]);
    }

    private static TIn Read<TIn, TOut>(Operation<TIn, TOut> operation, string form)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut> => (TIn)s_protocol.ReadInput(operation, Requests.Form(form));
}
