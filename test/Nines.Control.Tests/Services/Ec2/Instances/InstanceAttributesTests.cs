using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Control.Admin;
using Nines.Wire;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public class InstanceAttributesTests
{
    [Theory]
    [InlineData("instanceType", "t3.small")]
    [InlineData("disableApiTermination", "true")]
    [InlineData("disableApiStop", "true")]
    [InlineData("instanceInitiatedShutdownBehavior", "terminate")]
    [InlineData("sourceDestCheck", "false")]
    [InlineData("ebsOptimized", "true")]
    [InlineData("userData", "aGVsbG8=")]
    public async Task An_attribute_that_was_changed_reads_as_changed(string name, string value)
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var id = await StoppedAsync(cloud);
        await cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = id, Attribute = name, Value = value });

        var answer = await cloud.CallAsync(Ec2Api.DescribeInstanceAttribute, new DescribeInstanceAttributeRequest { InstanceId = id, Attribute = name });
        var shown = name switch
        {
            "instanceType" => answer.InstanceType!.Value,
            "disableApiTermination" => Text(answer.DisableApiTermination),
            "disableApiStop" => Text(answer.DisableApiStop),
            "instanceInitiatedShutdownBehavior" => answer.InstanceInitiatedShutdownBehavior!.Value,
            "sourceDestCheck" => Text(answer.SourceDestCheck),
            "ebsOptimized" => Text(answer.EbsOptimized),
            _ => answer.UserData!.Value,
        };
        shown.ShouldBe(value);
    }

    [Theory]
    [InlineData("kernel")]
    [InlineData("ramdisk")]
    [InlineData("rootDeviceName")]
    [InlineData("blockDeviceMapping")]
    [InlineData("productCodes")]
    [InlineData("groupSet")]
    [InlineData("sriovNetSupport")]
    [InlineData("enaSupport")]
    [InlineData("enclaveOptions")]
    public async Task Every_attribute_of_AWS_can_be_read(string name)
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var answer = await cloud.CallAsync(Ec2Api.DescribeInstanceAttribute, new DescribeInstanceAttributeRequest { InstanceId = instance.Id, Attribute = name });
        answer.InstanceId.ShouldBe(instance.Id);
    }

    [Theory]
    [InlineData("instanceType", "t3.small", "IncorrectInstanceState")]
    [InlineData("userData", "aGVsbG8=", "IncorrectInstanceState")]
    [InlineData("ebsOptimized", "true", "IncorrectInstanceState")]
    [InlineData("instanceType", "t3.enormous", "InvalidInstanceAttributeValue")]
    [InlineData("instanceInitiatedShutdownBehavior", "sleep", "InvalidParameterValue")]
    [InlineData("disableApiStop", "perhaps", "InvalidParameterValue")]
    [InlineData("groupSet", "sg-00000000000000000", "InvalidGroup.NotFound")]
    [InlineData("rootDeviceName", "/dev/sda", "InvalidParameterValue")]
    [InlineData("colour", "red", "InvalidParameterValue")]
    [InlineData("kernel", "aki-1", "UnsupportedOperation")]
    public async Task A_change_that_cannot_be_is_refused_with_AWSs_code(string name, string value, string code)
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var input = new ModifyInstanceAttributeRequest { InstanceId = instance.Id, Attribute = name, Value = value };
        (await Should.ThrowAsync<AwsException>(() => cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, input))).Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_request_changes_one_attribute_not_none_and_not_two()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var none = new ModifyInstanceAttributeRequest { InstanceId = instance.Id };
        var two = none with { DisableApiStop = new() { Value = true }, DisableApiTermination = new() { Value = true } };
        (await Should.ThrowAsync<AwsException>(() => cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, none))).Code.ShouldBe("InvalidParameterCombination");
        (await Should.ThrowAsync<AwsException>(() => cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, two))).Code.ShouldBe("InvalidParameterCombination");
    }

    [Fact]
    public async Task A_disk_can_be_told_to_outlive_its_instance()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var keep = new InstanceBlockDeviceMappingSpecification { DeviceName = "/dev/xvda", Ebs = new() { DeleteOnTermination = false } };
        await cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = instance.Id, BlockDeviceMappings = [keep] });
        (await cloud.DescribeAsync(instance.Id)).BlockDeviceMappings![0].Ebs!.DeleteOnTermination.ShouldBe(false);

        await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });
        await cloud.UntilAsync(instance.Id, InstanceState.Terminated);
        (await cloud.CallAsync(Ec2Api.DescribeVolumes, new DescribeVolumesRequest())).Volumes!.Single().State.ShouldBe("available");
    }

    [Fact]
    public async Task Metadata_options_are_merged_and_reach_the_host()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync(input => input with { MetadataOptions = new() { HttpTokens = "required" } });
        await cloud.CallAsync(Ec2Api.ModifyInstanceMetadataOptions, new ModifyInstanceMetadataOptionsRequest { InstanceId = instance.Id, HttpPutResponseHopLimit = 3 });
        var options = (await cloud.DescribeAsync(instance.Id)).MetadataOptions!;
        (options.HttpTokens, options.HttpPutResponseHopLimit, options.State).ShouldBe(("required", 3, "applied"));
    }

    [Fact]
    public async Task The_groups_of_a_running_server_can_be_changed()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var group = cloud.Cloud.ListAll(Vpc.Table).Single().DefaultSecurityGroupId;
        await cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = instance.Id, Groups = [group] });
        (await cloud.DescribeAsync(instance.Id)).SecurityGroups![0].GroupId.ShouldBe(group);
    }

    [Fact]
    public async Task The_console_of_a_running_server_can_be_read()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var output = await cloud.CallAsync(Ec2Api.GetConsoleOutput, new GetConsoleOutputRequest { InstanceId = instance.Id, Latest = true });
        Convert.FromBase64String(output.Output!).ShouldNotBeEmpty();
        var picture = await cloud.CallAsync(Ec2Api.GetConsoleScreenshot, new GetConsoleScreenshotRequest { InstanceId = instance.Id });
        Convert.FromBase64String(picture.ImageData!).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_reset_leaves_no_record_and_no_machine()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        await cloud.RunningAsync();
        await cloud.RunningAsync();
        await new AccountReset(cloud.Cloud, [cloud.Compute.Resetter], NullLogger<AccountReset>.Instance).RunAsync(ComputeFixture.NewCall("nines:Reset"), CancellationToken.None);

        (await cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest())).Reservations.ShouldBeEmpty();
        cloud.Cloud.ListAll(Control.Services.Ec2.Volumes.Volume.Table).ShouldBeEmpty();
        cloud.Compute.Ledger.UsedOn("host-1").ShouldBe(default);
        await cloud.RunningAsync();
    }

    private static async Task<string> StoppedAsync(ComputeFixture cloud)
    {
        var instance = await cloud.RunningAsync();
        await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        return instance.Id;
    }

    private static string Text(AttributeBooleanValue? value) => value!.Value == true ? "true" : "false";
}
