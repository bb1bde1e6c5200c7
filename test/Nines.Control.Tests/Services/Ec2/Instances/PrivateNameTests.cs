using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;

namespace Nines.Control.Tests.Services.Ec2.Instances;

/// <summary>What instances are called in their network.</summary>
public sealed class PrivateNameTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_instance_is_called_after_its_id_where_it_asks_so()
    {
        var instance = await _cloud.RunningAsync(request => request with { PrivateDnsNameOptions = new() { HostnameType = "resource-name", EnableResourceNameDnsARecord = true } });
        var told = await _cloud.DescribeAsync(instance.Id);
        (told.PrivateDnsName, told.PrivateDnsNameOptions!.HostnameType, told.PrivateDnsNameOptions.EnableResourceNameDnsARecord).ShouldBe(($"{instance.Id}.ec2.internal", "resource-name", true));
        var spec = Render(instance);
        (spec.HostName, spec.ResourceName).ShouldBe((instance.Id, instance.Id));
    }

    [Fact]
    public async Task The_record_changes_at_any_time_and_the_host_name_while_it_is_stopped()
    {
        var instance = await _cloud.RunningAsync();
        await ModifyAsync(new() { InstanceId = instance.Id, EnableResourceNameDnsARecord = true });
        var spec = Render(_cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, instance.Id)!);
        (spec.HostName.StartsWith("ip-", StringComparison.Ordinal), spec.ResourceName).ShouldBe((true, instance.Id));
        (await RefusalOf(new() { InstanceId = instance.Id, PrivateDnsHostnameType = "resource-name" })).ShouldBe("IncorrectInstanceState");
        (await RefusalOf(new() { InstanceId = instance.Id, PrivateDnsHostnameType = "fancy" })).ShouldBe("InvalidParameterValue");
        (await RefusalOf(new() { InstanceId = instance.Id, EnableResourceNameDnsAAAARecord = true })).ShouldBe("UnsupportedOperation");
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        await ModifyAsync(new() { InstanceId = instance.Id, PrivateDnsHostnameType = "resource-name" });
        (await _cloud.DescribeAsync(instance.Id)).PrivateDnsName.ShouldBe($"{instance.Id}.ec2.internal");
    }

    private Nines.Host.Api.InterfaceSpec Render(Instance instance) =>
        HostStateRenderer.Interface(_cloud.Cloud.Find(NetworkInterface.Table, ComputeFixture.Account, instance.NetworkInterfaceIds[0])!, instance);

    private Task ModifyAsync(ModifyPrivateDnsNameOptionsRequest request) => _cloud.CallAsync(Ec2Api.ModifyPrivateDnsNameOptions, request);

    private async Task<string> RefusalOf(ModifyPrivateDnsNameOptionsRequest request) => (await Should.ThrowAsync<AwsException>(() => ModifyAsync(request))).Code;
}
