using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public class DescribeInstancesTests
{
    [Fact]
    public async Task Pages_hold_every_instance_once_in_the_order_of_ids()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        await cloud.RunAsync(input => input with { MinCount = 23, MaxCount = 23 });
        var seen = new List<string>();
        string? token = null;
        do
        {
            var page = await cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { MaxResults = 5, NextToken = token });
            seen.AddRange(page.Reservations!.SelectMany(reservation => reservation.Instances!).Select(instance => instance.InstanceId!));
            token = page.NextToken;
        }
        while (token is not null);

        seen.Count.ShouldBe(23);
        seen.ShouldBe(seen.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Instances_of_one_launch_are_one_reservation()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        await cloud.RunAsync(input => input with { MinCount = 3, MaxCount = 3 });
        await cloud.RunAsync();
        var answer = await cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest());
        answer.Reservations!.Select(reservation => reservation.Instances!.Count).Order().ShouldBe([1, 3]);
    }

    [Theory]
    [InlineData("instance-state-name", "running", 2)]
    [InlineData("instance-state-code", "16", 2)]
    [InlineData("instance-type", "t3.*", 1)]
    [InlineData("tag:Name", "web-?", 1)]
    [InlineData("tag-key", "Name", 1)]
    [InlineData("key-name", "laptop", 1)]
    [InlineData("availability-zone", "us-east-1c", 1)]
    [InlineData("network-interface.addresses.private-ip-address", "172.31.*", 2)]
    [InlineData("block-device-mapping.device-name", "/dev/xvda", 2)]
    [InlineData("instance.group-name", "default", 2)]
    [InlineData("spot-instance-request-id", "*", 0)]
    [InlineData("vpc-id", "vpc-*", 2)]
    public async Task A_filter_finds_what_it_names(string name, string value, int count)
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        await cloud.RunningAsync(input => input with { TagSpecifications = [new() { ResourceType = "instance", Tags = [new() { Key = "Name", Value = "web-1" }] }] });
        await cloud.RunningAsync(input => input with { InstanceType = "t2.micro", KeyName = "laptop", Placement = new() { AvailabilityZone = "us-east-1c" } });
        var answer = await cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { Filters = [new() { Name = name, Values = [value] }] });
        answer.Reservations!.Count.ShouldBe(count);
    }

    [Theory]
    [InlineData("InvalidParameterValue", 4, null)]
    [InlineData("InvalidParameterValue", 1001, null)]
    [InlineData("InvalidParameterCombination", 5, "i-0123456789abcdef0")]
    [InlineData("InvalidInstanceID.Malformed", null, "web-1")]
    [InlineData("InvalidInstanceID.NotFound", null, "i-0123456789abcdef0")]
    public async Task A_wrong_question_is_refused_with_AWSs_code(string code, int? maxResults, string? id)
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var input = new DescribeInstancesRequest { MaxResults = maxResults, InstanceIds = id is null ? null : [id] };
        (await Should.ThrowAsync<AwsException>(() => cloud.CallAsync(Ec2Api.DescribeInstances, input))).Code.ShouldBe(code);
    }

    [Fact]
    public async Task An_unknown_filter_is_refused()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var input = new DescribeInstancesRequest { Filters = [new() { Name = "colour", Values = ["red"] }] };
        (await Should.ThrowAsync<AwsException>(() => cloud.CallAsync(Ec2Api.DescribeInstances, input))).Message.ShouldBe("The filter 'colour' is invalid");
    }

    [Fact]
    public async Task Kept_bytes_say_what_the_mapped_instances_say_after_every_change()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        await AssertSameAsync(cloud);
        await cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = instance.Id, SourceDestCheck = new() { Value = false } });
        await AssertSameAsync(cloud);
        await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await cloud.UntilAsync(instance.Id, Control.Services.Ec2.Instances.InstanceState.Stopped);
        await AssertSameAsync(cloud);
    }

    [Fact]
    public async Task Only_running_instances_have_a_status_unless_all_are_asked_for()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var running = await cloud.RunningAsync();
        var stopped = await cloud.RunningAsync();
        await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [stopped.Id] });
        await cloud.UntilAsync(stopped.Id, Control.Services.Ec2.Instances.InstanceState.Stopped);

        var some = await cloud.CallAsync(Ec2Api.DescribeInstanceStatus, new DescribeInstanceStatusRequest());
        some.InstanceStatuses!.Single().InstanceId.ShouldBe(running.Id);
        some.InstanceStatuses![0].InstanceStatusValue!.Status.ShouldBe("ok");
        var all = await cloud.CallAsync(Ec2Api.DescribeInstanceStatus, new DescribeInstanceStatusRequest { IncludeAllInstances = true });
        all.InstanceStatuses!.Single(status => status.InstanceId == stopped.Id).InstanceStatusValue!.Status.ShouldBe("not-applicable");
    }

    private static async Task AssertSameAsync(ComputeFixture cloud)
    {
        var answer = await cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest());
        var mapped = new DescribeInstancesResult
        {
            Reservations = [.. answer.Reservations!.Select(reservation => reservation with { Instances = [.. reservation.Instances!] })],
        };
        Bytes(answer).ShouldBe(Bytes(mapped));
    }

    private static string Bytes(DescribeInstancesResult result)
    {
        using var response = WireProtocol.For(ProtocolKind.Ec2).WriteOutput(Ec2Api.DescribeInstances, result, "request");
        return System.Text.Encoding.UTF8.GetString(response.Body.Span);
    }

    [Fact]
    public async Task A_guest_that_does_not_answer_is_impaired_since_then_and_recovers()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var id = (await cloud.RunningAsync()).Id;
        foreach (var (reachability, status, name) in new[]
        {
            (VmReachability.Initializing, "initializing", "initializing"), (VmReachability.Passed, "ok", "passed"), (VmReachability.Failed, "impaired", "failed"), (VmReachability.Passed, "ok", "passed"),
        })
        {
            cloud.Hosts[0].SetReachability(id, reachability);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var record = (await cloud.Cloud.WaitAsync(Control.Services.Ec2.Instances.Instance.Table, ComputeFixture.Account, id, instance => instance?.Reachability == reachability, deadline.Token))!;
            var told = (await cloud.CallAsync(Ec2Api.DescribeInstanceStatus, new DescribeInstanceStatusRequest { InstanceIds = [id] })).InstanceStatuses!.Single();
            told.InstanceStatusValue!.Status.ShouldBe(status);
            told.InstanceStatusValue.Details!.Single().Status.ShouldBe(name);
            told.InstanceStatusValue.Details!.Single().ImpairedSince.ShouldBe(reachability == VmReachability.Failed ? record.ReachabilitySince : null);
            told.SystemStatus!.Status.ShouldBe("ok");
            var filtered = await cloud.CallAsync(Ec2Api.DescribeInstanceStatus, new DescribeInstanceStatusRequest { Filters = [new() { Name = "instance-status.status", Values = ["impaired"] }] });
            filtered.InstanceStatuses!.Count.ShouldBe(reachability == VmReachability.Failed ? 1 : 0);
        }
    }
}
