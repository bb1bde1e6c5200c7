using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Host.Api;
using Nines.Wire;
using FlowLog = Nines.Control.Services.Ec2.FlowLogs.FlowLog;

namespace Nines.Control.Tests.Services.Ec2.FlowLogs;

public sealed class FlowLogTests : IAsyncLifetime
{
    private const string Role = "arn:aws:iam::123456789012:role/flows";

    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_log_is_described_as_it_was_asked_for_and_told_to_hosts()
    {
        var made = await CreateAsync(Asked() with { LogFormat = "${srcaddr} ${az-id}", MaxAggregationInterval = 60 });
        made.Unsuccessful.ShouldBeEmpty();
        var log = (await DescribeAsync(made.FlowLogIds!)).ShouldHaveSingleItem();
        (log.FlowLogStatus, log.DeliverLogsStatus, log.TrafficType, log.LogGroupName, log.LogFormat, log.MaxAggregationInterval)
            .ShouldBe(("ACTIVE", "SUCCESS", "REJECT", "/vpc/flows", "${srcaddr} ${az-id}", 60));
        var told = Told()!;
        told.Logs.ShouldBe([new FlowLogSpec(log.FlowLogId!, _world.DefaultVpc.Id, FlowTraffic.Reject, "/vpc/flows", "${srcaddr} ${az-id}")]);
        told.ZoneIds[_world.FirstSubnet.Id].ShouldBe("use1-az1");

        await _world.AskAsync(Ec2Api.DeleteFlowLogs, new DeleteFlowLogsRequest { FlowLogIds = made.FlowLogIds });
        Told().ShouldBeNull();
        (await RefusalOf(() => DescribeAsync(made.FlowLogIds!))).ShouldBe("InvalidFlowLogId.NotFound");
        (await RefusalOf(() => _world.AskAsync(Ec2Api.DeleteFlowLogs, new DeleteFlowLogsRequest { FlowLogIds = made.FlowLogIds }))).ShouldBe("InvalidFlowLogId.NotFound");
    }

    [Fact]
    public async Task The_defaults_are_AWSs()
    {
        var made = await CreateAsync(Asked());
        var log = (await DescribeAsync(made.FlowLogIds!)).Single();
        (log.LogFormat, log.MaxAggregationInterval, log.LogDestinationType, log.LogDestination).ShouldBe((FlowLogFormat.Default, 600, "cloud-watch-logs", null));
        var byArn = await CreateAsync(Asked() with { LogGroupName = null, LogDestination = "arn:aws:logs:us-east-1:123456789012:log-group:/other:*" });
        (await DescribeAsync(byArn.FlowLogIds!)).Single().LogGroupName.ShouldBe("/other");
    }

    [Fact]
    public async Task A_bucket_that_nobody_can_have_yet_is_told_of_each_resource_and_nothing_is_made()
    {
        var answer = await CreateAsync(Asked() with { LogGroupName = null, DeliverLogsPermissionArn = null, LogDestinationType = "s3", LogDestination = "arn:aws:s3:::flows" });
        answer.FlowLogIds.ShouldBeEmpty();
        var item = answer.Unsuccessful!.ShouldHaveSingleItem();
        (item.ResourceId, item.Error!.Code).ShouldBe((_world.DefaultVpc.Id, "400"));
        item.Error.Message.ShouldBe("LogDestination: arn:aws:s3:::flows does not exist. This cloud has no buckets yet; use cloud-watch-logs.");
        _world.Cloud.List(FlowLog.Table, Ec2World.Account).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_log_twice_is_refused_and_told_of_the_resource_where_others_are_made()
    {
        await CreateAsync(Asked());
        (await RefusalOf(() => CreateAsync(Asked()))).ShouldBe("FlowLogAlreadyExists");
        var subnets = _world.Cloud.List(Control.Services.Ec2.Subnets.Subnet.Table, Ec2World.Account).Select(subnet => subnet.Id).ToArray();
        await CreateAsync(Asked() with { ResourceType = "Subnet", ResourceIds = [subnets[0]] });
        var both = await CreateAsync(Asked() with { ResourceType = "Subnet", ResourceIds = [subnets[0], subnets[1]] });
        both.FlowLogIds!.Count.ShouldBe(1);
        both.Unsuccessful!.Select(item => (item.ResourceId, item.Error!.Code)).ShouldBe([(subnets[0], "FlowLogAlreadyExists")]);
        await CreateAsync(Asked() with { TrafficType = "ALL" });
        (await RefusalOf(() => CreateAsync(Asked() with { TrafficType = "ACCEPT" }))).ShouldBe("FlowLogsLimitExceeded");
    }

    [Fact]
    public async Task The_same_token_makes_no_second_log()
    {
        var first = await CreateAsync(Asked() with { ClientToken = "once" });
        (await CreateAsync(Asked() with { ClientToken = "once" })).FlowLogIds.ShouldBe(first.FlowLogIds);
        (await RefusalOf(() => CreateAsync(Asked() with { ClientToken = "once", TrafficType = "ALL" }))).ShouldBe("IdempotentParameterMismatch");
        await _world.AskAsync(Ec2Api.DeleteFlowLogs, new DeleteFlowLogsRequest { FlowLogIds = first.FlowLogIds });
        (await CreateAsync(Asked() with { ClientToken = "once" })).FlowLogIds.ShouldNotBe(first.FlowLogIds);
    }

    [Fact]
    public async Task What_is_wrong_is_refused()
    {
        (await RefusalOf(() => CreateAsync(Asked() with { ResourceIds = [] }))).ShouldBe("MissingParameter");
        (await RefusalOf(() => CreateAsync(Asked() with { ResourceIds = [_world.FirstSubnet.Id] }))).ShouldBe("InvalidVpcId.Malformed");
        (await RefusalOf(() => CreateAsync(Asked() with { ResourceIds = ["vpc-0123456789abcdef0"] }))).ShouldBe("InvalidVpcID.NotFound");
        (await RefusalOf(() => CreateAsync(Asked() with { ResourceType = "TransitGateway" }))).ShouldBe("UnsupportedOperation");
        (await RefusalOf(() => CreateAsync(Asked() with { TrafficType = null }))).ShouldBe("MissingParameter");
        CreateFlowLogsRequest[] invalid =
        [
            Asked() with { TrafficType = "SOME" },
            Asked() with { MaxAggregationInterval = 61 },
            Asked() with { LogFormat = "${colour}" },
            Asked() with { LogFormat = "" },
            Asked() with { LogGroupName = null },
            Asked() with { LogGroupName = "../up" },
            Asked() with { LogGroupName = "a b" },
            Asked() with { DeliverLogsPermissionArn = null },
            Asked() with { DeliverLogsPermissionArn = "flows" },
            Asked() with { LogDestination = "arn:aws:logs:us-east-1:123456789012:log-group:/other" },
            Asked() with { LogGroupName = null, LogDestination = "arn:aws:logs:eu-west-1:123456789012:log-group:/other" },
            Asked() with { LogDestinationType = "s3", LogDestination = "arn:aws:s3:::flows" },
            Asked() with { LogGroupName = null, LogDestinationType = "s3" },
            Asked() with { LogDestinationType = "paper" },
            Asked() with { DestinationOptions = new() { FileFormat = "parquet" } },
        ];
        foreach (var input in invalid)
        {
            (await RefusalOf(() => CreateAsync(input))).ShouldBe("InvalidParameter");
        }

        (await RefusalOf(() => _world.AskAsync(Ec2Api.CreateFlowLogs, Asked(), Ec2World.CallOf(dryRun: true)))).ShouldBe("DryRunOperation");
        _world.Cloud.List(FlowLog.Table, Ec2World.Account).ShouldBeEmpty();
    }

    [Fact]
    public async Task Logs_go_with_what_they_are_of()
    {
        var vpc = (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.1.0.0/16" })).Vpc!.VpcId!;
        var subnet = (await _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.1.1.0/24" })).Subnet!.SubnetId!;
        await CreateAsync(Asked() with { ResourceIds = [vpc] });
        await CreateAsync(Asked() with { ResourceType = "Subnet", ResourceIds = [subnet] });
        await _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = subnet });
        _world.Cloud.List(FlowLog.Table, Ec2World.Account).Select(log => log.ResourceId).ShouldBe([vpc]);
        await _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = vpc });
        _world.Cloud.List(FlowLog.Table, Ec2World.Account).ShouldBeEmpty();
    }

    private CreateFlowLogsRequest Asked() => new()
    {
        ResourceType = "VPC",
        ResourceIds = [_world.DefaultVpc.Id],
        TrafficType = "REJECT",
        LogGroupName = "/vpc/flows",
        DeliverLogsPermissionArn = Role,
    };

    private Task<CreateFlowLogsResult> CreateAsync(CreateFlowLogsRequest input) => _world.AskAsync(Ec2Api.CreateFlowLogs, input);

    private async Task<IReadOnlyList<Nines.Api.Ec2.FlowLog>> DescribeAsync(IReadOnlyList<string> ids) =>
        (await _world.AskAsync(Ec2Api.DescribeFlowLogs, new DescribeFlowLogsRequest { FlowLogIds = ids })).FlowLogs!;

    private FlowLogsSpec? Told() => VpcRenderer.Render(
        _world.Cloud, _world.DefaultVpc.Id, ImmutableDictionary<string, InterfaceSpec>.Empty, [], new SecurityGroupSpecs(_world.Cloud), _world.Zones)!.FlowLogs;

    private static async Task<string> RefusalOf(Func<Task> ask) => (await Should.ThrowAsync<AwsException>(ask)).Code;
}
