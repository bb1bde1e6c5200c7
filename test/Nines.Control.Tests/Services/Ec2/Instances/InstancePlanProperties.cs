using FsCheck;
using FsCheck.Fluent;
using Nines.Control.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Instances;

/// <summary>Whatever clients ask for and hosts report, in any order: the life of an instance follows AWS's edges.</summary>
public class InstancePlanProperties
{
    private static readonly Gen<Event> Events =
        from call in Gen.Elements("start", "stop", "hibernate", "force", "terminate", "reboot", "report", "report", "report", "age")
        from state in Gen.Elements(Enum.GetValues<VmState>())
        from reason in Gen.Elements(Enum.GetValues<VmEndReason>())
        from lag in Gen.Frequency((4, Gen.Constant(0L)), (1, Gen.Constant(1L)))
        from minutes in Gen.Choose(0, 40)
        select new Event(call, state, reason, lag, minutes);

    [Fact]
    public void Every_step_is_an_edge_of_the_life_cycle_and_never_two_at_once() => Check((before, step) =>
        before.State == step.Next.State || before.State.MayBecome(step.Next.State));

    [Fact]
    public void What_an_instance_shall_do_and_its_state_agree() => Check((_, step) => step.Next.Power == step.Next.State switch
    {
        InstanceState.Pending or InstanceState.Running => InstancePower.Running,
        InstanceState.Stopping or InstanceState.Stopped => InstancePower.Stopped,
        _ => InstancePower.Terminated,
    });

    [Fact]
    public void The_devices_are_released_exactly_on_the_way_into_terminated() => Check((before, step) =>
        step.Effects.HasFlag(InstanceEffects.ReleaseDevices) == (before.State != InstanceState.Terminated && step.Next.State == InstanceState.Terminated));

    [Fact]
    public void A_public_address_is_released_whenever_the_machine_is_off() => Check((before, step) =>
        step.Effects.HasFlag(InstanceEffects.ReleasePublicAddresses)
        == (before.State != step.Next.State && step.Next.State is InstanceState.Stopped or InstanceState.Terminated && before.State != step.Next.State));

    [Fact]
    public void The_host_is_kept_until_it_reports_the_machine_gone() => Check((before, step) =>
        before.HostId == step.Next.HostId || step.Next is { HostId: null, State: InstanceState.Terminated });

    [Fact]
    public void Memory_is_saved_only_while_a_machine_is_or_becomes_stopped() => Check((_, step) =>
        !step.Next.Hibernate || step.Next is { State: InstanceState.Stopping or InstanceState.Stopped, ForceStop: false });

    [Fact]
    public void Only_what_no_host_has_is_forgotten() => Check((before, step) =>
        !step.Effects.HasFlag(InstanceEffects.Forget) || before is { HostId: null, State: InstanceState.Terminated });

    [Fact]
    public void Generations_never_go_back_within_a_boot() => Check((before, step) =>
        step.Next.BootGeneration > before.BootGeneration
        || (step.Next.BootGeneration == before.BootGeneration && step.Next.RebootGeneration >= before.RebootGeneration));

    [Fact]
    public void Observing_ends_after_at_most_three_steps() => Prop.ForAll(Gen.ListOf(Events).ToArbitrary(), events =>
    {
        var instance = SampleInstance.In(InstanceState.Pending, hasRun: false);
        foreach (var happened in events)
        {
            (instance, _) = Apply(instance, happened);
            var observed = happened.Observed(instance);
            var steps = 0;
            for (var next = InstancePlan.Observe(instance, observed, happened.At).Next; !ReferenceEquals(next, instance); steps++)
            {
                instance = next;
                next = InstancePlan.Observe(instance, observed, happened.At).Next;
                if (steps > 3)
                {
                    return false;
                }
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static void Check(Func<Instance, InstanceStep, bool> holds) => Prop.ForAll(Gen.ListOf(Events).ToArbitrary(), events =>
    {
        var instance = SampleInstance.In(InstanceState.Pending, hasRun: false);
        foreach (var happened in events)
        {
            var (next, effects) = Apply(instance, happened);
            if (!holds(instance, new InstanceStep(next, effects)))
            {
                return false;
            }

            instance = next;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static (Instance Next, InstanceEffects Effects) Apply(Instance instance, Event happened)
    {
        try
        {
            var step = happened.Call switch
            {
                "start" => new InstanceStep(InstancePlan.Start(instance, happened.At)),
                "stop" => new InstanceStep(InstancePlan.Stop(instance, false, happened.At)),
                "hibernate" => new InstanceStep(InstancePlan.Stop(instance, false, happened.At, hibernate: true)),
                "force" => new InstanceStep(InstancePlan.Stop(instance, true, happened.At)),
                "reboot" => new InstanceStep(InstancePlan.Reboot(instance)),
                "terminate" => InstancePlan.Terminate(instance, happened.At),
                "age" => InstancePlan.Age(instance, happened.At),
                _ => InstancePlan.Observe(instance, happened.Observed(instance), happened.At),
            };
            return (step.Next, step.Effects);
        }
        catch (AwsException e) when (e.Code == "IncorrectInstanceState")
        {
            return (instance, InstanceEffects.None);
        }
    }

    private sealed record Event(string Call, VmState State, VmEndReason Reason, long Lag, int Minutes)
    {
        public DateTimeOffset At => SampleInstance.Launched.AddMinutes(Minutes);

        public VmStatus Observed(Instance instance) =>
            new() { Id = instance.Id, State = State, EndReason = Reason, BootGeneration = instance.BootGeneration - Lag, Since = At };
    }
}
