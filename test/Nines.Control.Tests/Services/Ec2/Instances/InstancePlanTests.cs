using Nines.Control.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public class InstancePlanTests
{
    private static readonly DateTimeOffset Now = SampleInstance.Launched.AddMinutes(5);

    [Theory]
    [InlineData(InstanceState.Pending, VmState.Starting, VmEndReason.None, InstanceState.Pending)]
    [InlineData(InstanceState.Pending, VmState.Running, VmEndReason.None, InstanceState.Running)]
    [InlineData(InstanceState.Pending, VmState.Ended, VmEndReason.GuestShutdown, InstanceState.Running)]
    [InlineData(InstanceState.Pending, VmState.Ended, VmEndReason.FailedToStart, InstanceState.Stopped)]
    [InlineData(InstanceState.Pending, VmState.Ended, VmEndReason.Crashed, InstanceState.Stopped)]
    [InlineData(InstanceState.Running, VmState.Running, VmEndReason.None, InstanceState.Running)]
    [InlineData(InstanceState.Running, VmState.Ended, VmEndReason.GuestShutdown, InstanceState.Stopping)]
    [InlineData(InstanceState.Running, VmState.Ended, VmEndReason.Crashed, InstanceState.Stopping)]
    [InlineData(InstanceState.Running, VmState.Gone, VmEndReason.None, InstanceState.Stopping)]
    [InlineData(InstanceState.Stopping, VmState.Stopping, VmEndReason.None, InstanceState.Stopping)]
    [InlineData(InstanceState.Stopping, VmState.Running, VmEndReason.None, InstanceState.Stopping)]
    [InlineData(InstanceState.Stopping, VmState.Ended, VmEndReason.Requested, InstanceState.Stopped)]
    [InlineData(InstanceState.Stopped, VmState.Ended, VmEndReason.Requested, InstanceState.Stopped)]
    [InlineData(InstanceState.ShuttingDown, VmState.Ended, VmEndReason.Requested, InstanceState.ShuttingDown)]
    [InlineData(InstanceState.ShuttingDown, VmState.Gone, VmEndReason.None, InstanceState.Terminated)]
    [InlineData(InstanceState.Terminated, VmState.Gone, VmEndReason.None, InstanceState.Terminated)]
    internal void An_observation_leads_to_the_state_that_AWS_shows(InstanceState from, VmState state, VmEndReason reason, InstanceState to) =>
        InstancePlan.Observe(SampleInstance.In(from), Observed(state, reason), Now).Next.State.ShouldBe(to);

    [Theory]
    [InlineData(InstanceState.Pending)]
    [InlineData(InstanceState.Running)]
    [InlineData(InstanceState.Stopping)]
    internal void What_is_reported_of_an_earlier_start_changes_nothing(InstanceState state)
    {
        var instance = SampleInstance.In(state);
        InstancePlan.Observe(instance, Observed(VmState.Ended, VmEndReason.Crashed) with { BootGeneration = 2 }, Now).Next.ShouldBeSameAs(instance);
    }

    [Fact]
    public void A_first_start_that_fails_ends_the_instance_with_the_hosts_reason()
    {
        var step = InstancePlan.Observe(
            SampleInstance.In(InstanceState.Pending, hasRun: false), Observed(VmState.Ended, VmEndReason.FailedToStart) with { Message = "no space left" }, Now);

        step.Next.State.ShouldBe(InstanceState.Terminated);
        step.Next.Power.ShouldBe(InstancePower.Terminated);
        step.Next.StateReason.ShouldBe(new StateReason("Server.InternalError", "Server.InternalError: no space left"));
        step.Next.HostId.ShouldBe("host-a", "the host must still be told to clean up");
        step.Effects.ShouldBe(InstanceEffects.ReleasePublicAddresses | InstanceEffects.ReleaseDevices);
    }

    [Theory]
    [InlineData(true, "Stopped")]
    [InlineData(false, "Terminated")]
    public void A_start_that_a_key_refused_says_so_in_AWSs_words(bool hasRun, string expected)
    {
        var next = InstancePlan.Observe(SampleInstance.In(InstanceState.Pending, hasRun), Observed(VmState.Ended, VmEndReason.DiskLocked), Now).Next;

        next.State.ToString().ShouldBe(expected);
        next.StateReason.ShouldBe(new StateReason("Client.InvalidKMSKey.InvalidState", "Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state"));
    }

    [Fact]
    public void A_guest_that_shuts_down_terminates_its_instance_when_that_was_asked_for()
    {
        var instance = SampleInstance.In(InstanceState.Running) with { ShutdownBehavior = ShutdownBehavior.Terminate };
        var next = InstancePlan.Observe(instance, Observed(VmState.Ended, VmEndReason.GuestShutdown), Now).Next;

        next.State.ShouldBe(InstanceState.ShuttingDown);
        next.Power.ShouldBe(InstancePower.Terminated);
        next.StateReason.ShouldBe(StateReason.InstanceInitiatedShutdown);
    }

    [Fact]
    public void A_crash_never_terminates_an_instance_that_ran()
    {
        var instance = SampleInstance.In(InstanceState.Running) with { ShutdownBehavior = ShutdownBehavior.Terminate };
        var stopping = InstancePlan.Observe(instance, Observed(VmState.Ended, VmEndReason.Crashed), Now).Next;
        var stopped = InstancePlan.Observe(stopping, Observed(VmState.Ended, VmEndReason.Crashed), Now);

        stopped.Next.State.ShouldBe(InstanceState.Stopped);
        stopped.Next.StateReason!.Code.ShouldBe("Server.InternalError");
        stopped.Effects.ShouldBe(InstanceEffects.ReleasePublicAddresses);
    }

    [Fact]
    public void A_stop_says_who_asked_and_when()
    {
        var next = InstancePlan.Stop(SampleInstance.In(InstanceState.Running), force: false, Now);

        next.State.ShouldBe(InstanceState.Stopping);
        next.StateReason.ShouldBe(new StateReason("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown"));
        next.StateTransitionReason.ShouldBe("User initiated (2026-01-02 03:09:05 GMT)");
    }

    [Fact]
    public void A_forced_stop_overtakes_one_that_waits_for_the_guest() =>
        InstancePlan.Stop(SampleInstance.In(InstanceState.Stopping), force: true, Now).ForceStop.ShouldBeTrue();

    [Fact]
    public void An_instance_that_never_ran_cannot_be_stopped() =>
        Should.Throw<AwsException>(() => InstancePlan.Stop(SampleInstance.In(InstanceState.Pending, hasRun: false), false, Now))
            .Message.ShouldBe("Instance 'i-0123456789abcdef0' cannot be stopped as it has never reached the 'running' state.");

    [Theory]
    [InlineData(InstanceState.Stopping)]
    [InlineData(InstanceState.ShuttingDown)]
    [InlineData(InstanceState.Terminated)]
    internal void An_instance_cannot_be_started_in_some_states(InstanceState state) =>
        Should.Throw<AwsException>(() => InstancePlan.Start(SampleInstance.In(state), Now)).Code.ShouldBe("IncorrectInstanceState");

    [Theory]
    [InlineData(InstanceState.ShuttingDown)]
    [InlineData(InstanceState.Terminated)]
    internal void An_instance_cannot_be_stopped_in_some_states(InstanceState state) =>
        Should.Throw<AwsException>(() => InstancePlan.Stop(SampleInstance.In(state), false, Now)).Code.ShouldBe("IncorrectInstanceState");

    [Theory]
    [InlineData(InstanceState.Pending)]
    [InlineData(InstanceState.Running)]
    internal void Starting_what_runs_changes_nothing(InstanceState state)
    {
        var instance = SampleInstance.In(state);
        InstancePlan.Start(instance, Now).ShouldBeSameAs(instance);
    }

    [Fact]
    public void A_start_is_a_new_generation_with_no_reboots()
    {
        var next = InstancePlan.Start(SampleInstance.In(InstanceState.Stopped) with { RebootGeneration = 4, ForceStop = true }, Now);

        next.State.ShouldBe(InstanceState.Pending);
        next.BootGeneration.ShouldBe(4);
        next.RebootGeneration.ShouldBe(0);
        next.ForceStop.ShouldBeFalse();
        next.LaunchTime.ShouldBe(Now);
    }

    [Theory]
    [InlineData(InstanceState.Pending, InstanceState.ShuttingDown)]
    [InlineData(InstanceState.Running, InstanceState.ShuttingDown)]
    [InlineData(InstanceState.Stopping, InstanceState.ShuttingDown)]
    [InlineData(InstanceState.Stopped, InstanceState.Terminated)]
    [InlineData(InstanceState.ShuttingDown, InstanceState.ShuttingDown)]
    [InlineData(InstanceState.Terminated, InstanceState.Terminated)]
    internal void Every_instance_can_be_terminated(InstanceState from, InstanceState to)
    {
        var step = InstancePlan.Terminate(SampleInstance.In(from), Now);
        step.Next.State.ShouldBe(to);
        step.Effects.HasFlag(InstanceEffects.ReleaseDevices).ShouldBe(from == InstanceState.Stopped);
    }

    [Fact]
    public void A_terminated_instance_is_forgotten_an_hour_after_nothing_is_left_of_it()
    {
        var gone = SampleInstance.In(InstanceState.Terminated) with { HostId = null };
        var hour = gone.StateSince.AddHours(1);

        InstancePlan.Age(gone, hour.AddTicks(-1)).Effects.ShouldBe(InstanceEffects.None);
        InstancePlan.Age(gone, hour).Effects.ShouldBe(InstanceEffects.Forget);
        InstancePlan.Age(gone with { HostId = "host-a" }, hour).Effects.ShouldBe(InstanceEffects.None);
    }

    private static VmStatus Observed(VmState state, VmEndReason reason) =>
        new() { Id = "i-0123456789abcdef0", State = state, EndReason = reason, BootGeneration = 3, Since = Now };
}
