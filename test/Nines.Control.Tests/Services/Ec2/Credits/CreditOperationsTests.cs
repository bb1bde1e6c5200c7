using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Store;
using Nines.Control.Tests.Gateway;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2.Credits;

public sealed class CreditOperationsTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_server_out_of_credits_goes_on_at_its_baseline_until_it_has_some_again()
    {
        var id = (await _cloud.RunningAsync(request => request with { CreditSpecification = new() { CpuCredits = "standard" } })).Id;
        Limit(id).ShouldBe(200);
        await LookAsync(TimeSpan.FromHours(1)); // earned before it is spent, whoever else looks meanwhile
        _cloud.Hosts[0].UseProcessors(id, 13 * 60);
        await LookAsync(TimeSpan.FromHours(1));
        Record(id).CpuThrottled.ShouldBeTrue();
        Limit(id).ShouldBe(20);
        await LookAsync(TimeSpan.FromHours(1.2));
        Record(id).CpuThrottled.ShouldBeFalse();
        Limit(id).ShouldBe(200);
    }

    [Fact]
    public async Task Taking_the_limit_away_bursts_at_once()
    {
        var id = (await _cloud.RunningAsync(request => request with { CreditSpecification = new() { CpuCredits = "standard" } })).Id;
        await LookAsync(TimeSpan.FromHours(1)); // earned before it is spent, whoever else looks meanwhile
        _cloud.Hosts[0].UseProcessors(id, 130 * 60);
        await LookAsync(TimeSpan.FromHours(1));
        Record(id).CpuThrottled.ShouldBeTrue();
        (await ModifyAsync(new InstanceCreditSpecificationRequest { InstanceId = id, CpuCredits = "unlimited" })).SuccessfulInstanceCreditSpecifications!.ShouldHaveSingleItem().InstanceId.ShouldBe(id);
        Record(id).CpuThrottled.ShouldBeFalse();
        await LookAsync(TimeSpan.FromHours(2));
        Record(id).CpuThrottled.ShouldBeFalse();
    }

    [Fact]
    public async Task Credits_are_kept_in_the_store_and_go_with_their_server()
    {
        var id = (await _cloud.RunningAsync()).Id;
        await LookAsync(TimeSpan.FromMinutes(59));
        Account(id).ShouldBeNull("nothing happened that is not known without a record");
        await LookAsync(TimeSpan.FromHours(2));
        Account(id)!.Balance.ShouldBe(24, 0.1);
        await _cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [id] });
        await _cloud.UntilAsync(id, InstanceState.Terminated);
        Account(id).ShouldBeNull();
    }

    [Fact]
    public async Task What_cannot_be_changed_is_told_instance_by_instance()
    {
        var burstable = (await _cloud.RunningAsync()).Id;
        var other = (await _cloud.RunningAsync(request => request with { InstanceType = "c5.large" })).Id;
        var result = await ModifyAsync(
            new() { InstanceId = burstable, CpuCredits = "standard" },
            new() { InstanceId = other, CpuCredits = "standard" },
            new() { InstanceId = "i-0123456789abcdef0", CpuCredits = "standard" },
            new() { InstanceId = "i-x", CpuCredits = "standard" });
        result.SuccessfulInstanceCreditSpecifications!.ShouldHaveSingleItem();
        result.UnsuccessfulInstanceCreditSpecifications!.Select(item => item.Error!.Code).ShouldBe(
            ["InstanceCreditSpecification.NotSupported", "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"], ignoreOrder: true);
        Record(burstable).CpuCredits.ShouldBe("standard");
        (await Should.ThrowAsync<AwsException>(() => ModifyAsync(new InstanceCreditSpecificationRequest { InstanceId = burstable, CpuCredits = "some" }))).Code.ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task Launches_take_the_accounts_default()
    {
        (await DefaultAsync("t3")).ShouldBe("unlimited");
        (await DefaultAsync("t2")).ShouldBe("standard");
        await _cloud.CallAsync(Ec2Api.ModifyDefaultCreditSpecification, new ModifyDefaultCreditSpecificationRequest { InstanceFamily = "t3", CpuCredits = "standard" });
        (await DefaultAsync("t3")).ShouldBe("standard");
        CreditOptions.Of(Record((await _cloud.RunAsync()).Instances![0].InstanceId!)).ShouldBe("standard");
        CreditOptions.Of(Record((await _cloud.RunAsync(request => request with { CreditSpecification = new() { CpuCredits = "unlimited" } })).Instances![0].InstanceId!)).ShouldBe("unlimited");
        (await Should.ThrowAsync<AwsException>(() => DefaultAsync("c5"))).Code.ShouldBe("InvalidParameterValue");
    }

    private async Task LookAsync(TimeSpan later) => await new CreditReconciler(_cloud.Cloud, _cloud.Compute.Hosts.Find, new ShiftedTime(later))
        .ReconcileAsync(new ResourceKey(HostRecord.Owner, "host-1"), CancellationToken.None);

    private Instance Record(string id) => _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, id)!;

    private CpuCredit? Account(string id) => _cloud.Cloud.Find(CpuCredit.Table, ComputeFixture.Account, id);

    private int Limit(string id) => HostStateRenderer.CpuLimitPercent(Record(id));

    private async Task<string?> DefaultAsync(string family) => (await _cloud.CallAsync(
        Ec2Api.GetDefaultCreditSpecification, new GetDefaultCreditSpecificationRequest { InstanceFamily = family })).InstanceFamilyCreditSpecification!.CpuCredits;

    private Task<ModifyInstanceCreditSpecificationResult> ModifyAsync(params InstanceCreditSpecificationRequest[] items) => _cloud.CallAsync(
        Ec2Api.ModifyInstanceCreditSpecification, new ModifyInstanceCreditSpecificationRequest { InstanceCreditSpecifications = items });
}
