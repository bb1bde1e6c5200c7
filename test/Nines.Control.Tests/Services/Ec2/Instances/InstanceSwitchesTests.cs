using Nines.Api.Ec2;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Tests.Services.Ec2.Instances;

/// <summary>Monitoring, recovery, defaults of metadata options, topology, and the length of ids.</summary>
public sealed class InstanceSwitchesTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync(hosts: 2);

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task Monitoring_is_turned_on_and_off()
    {
        var id = (await _cloud.RunningAsync()).Id;
        (await _cloud.CallAsync(Ec2Api.MonitorInstances, new MonitorInstancesRequest { InstanceIds = [id] })).InstanceMonitorings![0].Monitoring!.State.ShouldBe("pending");
        (await _cloud.DescribeAsync(id)).Monitoring!.State.ShouldBe("enabled");
        (await _cloud.CallAsync(Ec2Api.UnmonitorInstances, new UnmonitorInstancesRequest { InstanceIds = [id] })).InstanceMonitorings![0].Monitoring!.State.ShouldBe("disabling");
        (await _cloud.DescribeAsync(id)).Monitoring!.State.ShouldBe("disabled");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.MonitorInstances, new MonitorInstancesRequest { InstanceIds = [id, "i-0123456789abcdef0"] }))).ShouldBe("InvalidInstanceID.NotFound");
    }

    [Fact]
    public async Task Recovery_is_turned_off_at_the_launch_or_later()
    {
        var id = (await _cloud.RunningAsync(request => request with { MaintenanceOptions = new() { AutoRecovery = "disabled" } })).Id;
        (await _cloud.DescribeAsync(id)).MaintenanceOptions!.AutoRecovery.ShouldBe("disabled");
        await _cloud.CallAsync(Ec2Api.ModifyInstanceMaintenanceOptions, new ModifyInstanceMaintenanceOptionsRequest { InstanceId = id, AutoRecovery = "default" });
        (await _cloud.DescribeAsync(id)).MaintenanceOptions!.AutoRecovery.ShouldBe("default");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.ModifyInstanceMaintenanceOptions, new ModifyInstanceMaintenanceOptionsRequest { InstanceId = id, AutoRecovery = "on" }))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task Launches_get_the_accounts_metadata_options_where_they_ask_for_none()
    {
        await ModifyAsync(new() { HttpTokens = "required", HttpPutResponseHopLimit = 2, InstanceMetadataTags = "enabled" });
        await ModifyAsync(new() { InstanceMetadataTags = "no-preference" });
        var told = (await _cloud.CallAsync(Ec2Api.GetInstanceMetadataDefaults, new GetInstanceMetadataDefaultsRequest())).AccountLevel!;
        (told.HttpTokens, told.HttpPutResponseHopLimit, told.InstanceMetadataTags).ShouldBe(("required", 2, null));
        var options = (await _cloud.RunAsync(request => request with { MetadataOptions = new() { HttpPutResponseHopLimit = 5 } })).Instances![0].MetadataOptions!;
        (options.HttpTokens, options.HttpPutResponseHopLimit, options.InstanceMetadataTags).ShouldBe(("required", 5, "disabled"));
        (await RefusalOf(() => ModifyAsync(new() { HttpPutResponseHopLimit = 65 }))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_repeat_of_a_launch_is_one_though_the_defaults_changed()
    {
        var first = await _cloud.RunAsync(request => request with { ClientToken = "once" });
        await ModifyAsync(new() { HttpTokens = "required" });
        (await _cloud.RunAsync(request => request with { ClientToken = "once" })).Instances![0].InstanceId.ShouldBe(first.Instances![0].InstanceId);
    }

    [Fact]
    public async Task Servers_on_one_host_share_the_last_node()
    {
        var launched = (await _cloud.RunAsync(request => request with { MinCount = 4, MaxCount = 4 })).Instances!;
        foreach (var instance in launched)
        {
            await _cloud.UntilAsync(instance.InstanceId!, Control.Services.Ec2.Instances.InstanceState.Running);
        }

        var told = (await _cloud.CallAsync(Ec2Api.DescribeInstanceTopology, new DescribeInstanceTopologyRequest())).Instances!;
        told.Count.ShouldBe(4);
        told.Select(instance => instance.NetworkNodes![1]).Distinct().ShouldHaveSingleItem();
        told.GroupBy(instance => instance.NetworkNodes![2]).Count().ShouldBe(2);
        told.GroupBy(instance => instance.NetworkNodes![2]).ShouldAllBe(
            node => node.Select(instance => _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, instance.InstanceId!)!.HostId).Distinct().Count() == 1);
    }

    [Fact]
    public async Task A_report_of_a_server_is_taken_and_a_password_is_empty()
    {
        var id = (await _cloud.RunningAsync()).Id;
        await _cloud.CallAsync(Ec2Api.ReportInstanceStatus, new ReportInstanceStatusRequest { Instances = [id], Status = "impaired", ReasonCodes = ["unresponsive"] });
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.ReportInstanceStatus, new ReportInstanceStatusRequest { Instances = [id], Status = "broken", ReasonCodes = ["other"] }))).ShouldBe("InvalidParameterValue");
        (await _cloud.CallAsync(Ec2Api.GetPasswordData, new GetPasswordDataRequest { InstanceId = id })).PasswordData.ShouldBe("");
    }

    [Fact]
    public async Task All_ids_are_long()
    {
        (await _cloud.CallAsync(Ec2Api.DescribeIdFormat, new DescribeIdFormatRequest { Resource = "instance" })).Statuses!.ShouldHaveSingleItem().UseLongIds.ShouldBe(true);
        (await _cloud.CallAsync(Ec2Api.DescribeAggregateIdFormat, new DescribeAggregateIdFormatRequest())).UseLongIdsAggregated.ShouldBe(true);
        (await _cloud.CallAsync(Ec2Api.DescribePrincipalIdFormat, new DescribePrincipalIdFormatRequest { Resources = ["volume"] })).Principals!.ShouldHaveSingleItem().Statuses!.Count.ShouldBe(1);
        await _cloud.CallAsync(Ec2Api.ModifyIdFormat, new ModifyIdFormatRequest { Resource = "instance", UseLongIds = true });
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.ModifyIdFormat, new ModifyIdFormatRequest { Resource = "instance", UseLongIds = false }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DescribeIdFormat, new DescribeIdFormatRequest { Resource = "lamp" }))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task Types_are_found_by_what_they_have()
    {
        (await TypesAsync(new() { VCpuCount = new() { Min = 2, Max = 2 }, MemoryMiB = new() { Min = 4096, Max = 4096 } })).ShouldBe(["c5.large", "c6i.large"]);
        (await TypesAsync(new() { VCpuCount = new() { Min = 2 }, MemoryMiB = new() { Min = 0, Max = 1024 }, BurstablePerformance = "required", CpuManufacturers = ["amd"] })).ShouldBe(["t3a.micro", "t3a.nano"]);
        (await TypesAsync(new() { VCpuCount = new() { Min = 16 }, MemoryMiB = new() { Min = 0 }, AllowedInstanceTypes = ["m*"] })).ShouldBe(["m5.4xlarge", "m6i.4xlarge"]);
        (await TypesAsync(new() { VCpuCount = new() { Min = 1 }, MemoryMiB = new() { Min = 0 }, AcceleratorCount = new() { Min = 1 } })).ShouldBeEmpty();
        (await RefusalOf(() => TypesAsync(new() { VCpuCount = new() { Min = 1 } }))).ShouldBe("MissingParameter");
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private Task<ModifyInstanceMetadataDefaultsResult> ModifyAsync(ModifyInstanceMetadataDefaultsRequest request) => _cloud.CallAsync(Ec2Api.ModifyInstanceMetadataDefaults, request);

    private async Task<IReadOnlyList<string?>> TypesAsync(InstanceRequirementsRequest requirements) => [.. (await _cloud.CallAsync(
        Ec2Api.GetInstanceTypesFromInstanceRequirements,
        new GetInstanceTypesFromInstanceRequirementsRequest { ArchitectureTypes = ["x86_64"], VirtualizationTypes = ["hvm"], InstanceRequirements = requirements }))
        .InstanceTypes!.Select(type => type.InstanceType)];
}
