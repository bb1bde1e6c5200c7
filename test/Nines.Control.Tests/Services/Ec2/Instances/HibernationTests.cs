using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public sealed class HibernationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_server_that_was_launched_for_it_hibernates_and_goes_on()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var id = (await cloud.RunningAsync(input => input with { HibernationOptions = new() { Configured = true } })).Id;
        (await cloud.DescribeAsync(id)).HibernationOptions!.Configured.ShouldBe(true);

        await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [id], Hibernate = true });
        var stopped = await cloud.UntilAsync(id, InstanceState.Stopped);
        stopped.Hibernate.ShouldBeTrue();
        (await cloud.DescribeAsync(id)).StateReason.ShouldBe(
            new Api.Ec2.StateReason { Code = "Client.UserInitiatedHibernate", Message = "Client.UserInitiatedHibernate: User initiated hibernate" });
        (await RefusedAsync(() => cloud.CallAsync(
            Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = id, InstanceType = new() { Value = "c5.xlarge" } })))
            .ShouldBe("UnsupportedHibernationConfiguration");

        await cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [id] });
        (await cloud.UntilAsync(id, InstanceState.Running)).Hibernate.ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_was_not_refuses_and_none_is_stopped()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var able = (await cloud.RunningAsync(input => input with { HibernationOptions = new() { Configured = true } })).Id;
        var plain = (await cloud.RunningAsync()).Id;
        (await cloud.DescribeAsync(plain)).HibernationOptions!.Configured.ShouldBe(false);

        (await RefusedAsync(() => cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [able, plain], Hibernate = true })))
            .ShouldBe("UnsupportedHibernationConfiguration");
        (await RefusedAsync(() => cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [able], Hibernate = true, Force = true })))
            .ShouldBe("InvalidParameterCombination");
        (await cloud.DescribeAsync(able)).State!.Name.ShouldBe("running");
    }

    [Fact]
    public void It_stays_stopping_until_the_host_has_saved_it()
    {
        var stopping = InstancePlan.Stop(SampleInstance.In(InstanceState.Running), force: false, Now, hibernate: true);
        InstancePlan.Observe(stopping, Status(stopping, VmState.Stopping, VmEndReason.None), Now).Next.ShouldBeSameAs(stopping);

        var stopped = InstancePlan.Observe(stopping, Status(stopping, VmState.Ended, VmEndReason.Hibernated), Now).Next;
        (stopped.State, stopped.Hibernate, stopped.StateReason!.Code).ShouldBe((InstanceState.Stopped, true, "Client.UserInitiatedHibernate"));
    }

    [Theory]
    [InlineData(VmEndReason.Requested)]
    [InlineData(VmEndReason.GuestShutdown)]
    [InlineData(VmEndReason.Crashed)]
    public void Memory_that_was_not_saved_is_not_told_as_saved(VmEndReason reason)
    {
        var stopping = InstancePlan.Stop(SampleInstance.In(InstanceState.Running), force: false, Now, hibernate: true);
        var stopped = InstancePlan.Observe(stopping, Status(stopping, VmState.Ended, reason), Now).Next;
        (stopped.State, stopped.Hibernate, stopped.StateReason!.Code).ShouldBe((InstanceState.Stopped, false, "Client.UserInitiatedShutdown"));
    }

    [Fact]
    public void A_forced_stop_gives_the_memory_up()
    {
        var stopping = InstancePlan.Stop(SampleInstance.In(InstanceState.Running), force: false, Now, hibernate: true);
        var forced = InstancePlan.Stop(stopping, force: true, Now);
        (forced.ForceStop, forced.Hibernate, forced.StateReason!.Code).ShouldBe((true, false, "Client.UserInitiatedShutdown"));
    }

    private static VmStatus Status(Nines.Control.Services.Ec2.Instances.Instance instance, VmState state, VmEndReason reason) =>
        new() { Id = instance.Id, State = state, BootGeneration = instance.BootGeneration, EndReason = reason, Since = Now };

    private static async Task<string> RefusedAsync(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
