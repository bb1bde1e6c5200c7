using Nines.Host.Api;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class VmPlanTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1);
    private static readonly VmSpec Spec = Specs.Vm();
    private static readonly VmRecord New = new() { Id = Spec.Id };
    private static readonly VmRecord Up = New.Starting(Spec, Now).Started("tcg", false, null, Now);

    [Fact]
    public void A_new_machine_is_started() =>
        Next(Spec, New, GuestState.Absent).ShouldBe(new VmStep { Action = VmAction.Start, State = VmState.Starting });

    [Fact]
    public void A_machine_waits_for_what_it_needs() =>
        Next(Spec, New, GuestState.Absent, new VmReadiness(VmReadinessState.Waiting, "disk"))
            .ShouldBe(new VmStep { State = VmState.Starting, Message = "disk" });

    [Fact]
    public void A_machine_whose_needs_cannot_be_met_ends_once()
    {
        var readiness = new VmReadiness(VmReadinessState.Failed, "no image");
        var step = Next(Spec, New, GuestState.Absent, readiness);
        step.Action.ShouldBe(VmAction.RecordEnd);
        step.EndReason.ShouldBe(VmEndReason.FailedToStart);
        step.Message.ShouldBe("no image");

        var ended = New.Ended(Spec, step.EndReason, step.Message, Now);
        Next(Spec, ended, GuestState.Absent, readiness).Action.ShouldBe(VmAction.None);
    }

    [Fact]
    public void A_machine_whose_disk_cannot_be_opened_says_so() =>
        Next(Spec, New, GuestState.Absent, new VmReadiness(VmReadinessState.Locked, "disabled"))
            .ShouldBe(new VmStep { Action = VmAction.RecordEnd, State = VmState.Ended, EndReason = VmEndReason.DiskLocked, Message = "disabled" });

    [Fact]
    public void A_start_that_left_no_process_is_begun_again() =>
        Next(Spec, New.Starting(Spec, Now), GuestState.Absent).Action.ShouldBe(VmAction.Start);

    [Fact]
    public void A_running_machine_is_left_alone() =>
        Next(Spec, Up, GuestState.Running).ShouldBe(new VmStep { State = VmState.Running });

    [Fact]
    public void A_process_that_is_gone_is_a_crash_and_is_not_started_again()
    {
        var step = Next(Spec, Up, GuestState.Absent);
        (step.Action, step.EndReason).ShouldBe((VmAction.RecordEnd, VmEndReason.Crashed));

        var ended = Up.Ended(Spec, step.EndReason, step.Message, Now);
        Next(Spec, ended, GuestState.Absent).ShouldBe(new VmStep { State = VmState.Ended });
        Next(Spec with { BootGeneration = 2 }, ended, GuestState.Absent).Action.ShouldBe(VmAction.Start);
    }

    [Fact]
    public void A_guest_that_powers_itself_off_ends()
    {
        var step = Next(Spec, Up, GuestState.ShutDown);
        (step.Action, step.EndReason).ShouldBe((VmAction.PowerOff, VmEndReason.GuestShutdown));
    }

    [Fact]
    public void A_stop_presses_presses_again_and_powers_off_after_its_time()
    {
        var stopped = Spec with { Power = VmPower.Stopped, StopTimeoutSeconds = 12 };
        var step = Next(stopped, Up, GuestState.Running);
        (step.Action, step.State).ShouldBe((VmAction.PressPowerButton, VmState.Stopping));

        var record = Up.Pressed(forReboot: false, Now);
        Next(stopped, record, GuestState.Running, now: Now).CheckAfter.ShouldBe(TimeSpan.FromSeconds(5));
        Next(stopped, record, GuestState.Running, now: Now.AddSeconds(5)).Action.ShouldBe(VmAction.PressPowerButton);
        record = record.Pressed(forReboot: false, Now.AddSeconds(10));
        Next(stopped, record, GuestState.Running, now: Now.AddSeconds(10)).CheckAfter.ShouldBe(TimeSpan.FromSeconds(2));
        var force = Next(stopped, record, GuestState.Running, now: Now.AddSeconds(12));
        (force.Action, force.EndReason).ShouldBe((VmAction.PowerOff, VmEndReason.Requested));
    }

    [Fact]
    public void A_forced_stop_does_not_ask()
    {
        var step = Next(Spec with { Power = VmPower.Stopped, ForceStop = true }, Up, GuestState.Running);
        (step.Action, step.EndReason).ShouldBe((VmAction.PowerOff, VmEndReason.Requested));
    }

    [Fact]
    public void A_guest_that_heeds_the_button_was_stopped_on_request()
    {
        var step = Next(Spec with { Power = VmPower.Stopped }, Up.Pressed(false, Now), GuestState.ShutDown);
        (step.Action, step.EndReason).ShouldBe((VmAction.PowerOff, VmEndReason.Requested));
    }

    [Fact]
    public void A_reboot_asks_the_guest_and_resets_when_it_is_down()
    {
        var reboot = Spec with { RebootGeneration = 1 };
        var step = Next(reboot, Up, GuestState.Running);
        (step.Action, step.State).ShouldBe((VmAction.PressPowerButtonToReboot, VmState.Running));

        var record = Up.Pressed(forReboot: true, Now);
        Next(reboot, record, GuestState.ShutDown).Action.ShouldBe(VmAction.Reset);
        Next(reboot, record, GuestState.Running, now: Now.AddSeconds(60)).Action.ShouldBe(VmAction.Reset);
        Next(reboot, record.Rebooted(reboot), GuestState.Running).Action.ShouldBe(VmAction.None);
    }

    [Fact]
    public void A_stop_during_a_reboot_wins() =>
        Next(Spec with { Power = VmPower.Stopped, RebootGeneration = 1 }, Up.Pressed(forReboot: true, Now), GuestState.ShutDown)
            .Action.ShouldBe(VmAction.PowerOff);

    [Fact]
    public void A_boot_counts_for_the_reboots_asked_before_it()
    {
        var spec = Spec with { RebootGeneration = 7 };
        Next(spec, New.Starting(spec, Now).Started("tcg", false, null, Now), GuestState.Running).Action.ShouldBe(VmAction.None);
    }

    [Fact]
    public void A_newer_boot_ends_the_running_one_first() =>
        Next(Spec with { BootGeneration = 2 }, Up, GuestState.Running).Action.ShouldBe(VmAction.PressPowerButton);

    [Fact]
    public void A_machine_stopped_before_it_ever_ran_ends_in_its_generation()
    {
        var stopped = Spec with { Power = VmPower.Stopped, BootGeneration = 3 };
        var step = Next(stopped, New, GuestState.Absent);
        (step.Action, step.EndReason).ShouldBe((VmAction.RecordEnd, VmEndReason.Requested));

        var ended = New.Ended(stopped, step.EndReason, null, Now);
        ended.BootGeneration.ShouldBe(3);
        Next(stopped, ended, GuestState.Absent).Action.ShouldBe(VmAction.None);
    }

    [Fact]
    public void A_machine_to_be_hibernated_is_saved_unless_it_is_shutting_down_or_cannot_be()
    {
        var hibernating = Spec with { Power = VmPower.Stopped, Hibernate = true };
        Next(hibernating, Up, GuestState.Running).Action.ShouldBe(VmAction.Hibernate);
        Next(hibernating with { ForceStop = true }, Up, GuestState.Running).Action.ShouldBe(VmAction.PowerOff);
        Next(hibernating, Up.Pressed(forReboot: false, Now), GuestState.Running).Action.ShouldNotBe(VmAction.Hibernate);
        Next(hibernating, Up with { CannotHibernate = true }, GuestState.Running).Action.ShouldBe(VmAction.PressPowerButton);
        Next(hibernating with { Power = VmPower.Terminated }, Up, GuestState.Running).Action.ShouldBe(VmAction.PressPowerButton);
    }

    [Fact]
    public void A_terminated_machine_is_removed_after_its_end()
    {
        var terminated = Spec with { Power = VmPower.Terminated };
        Next(terminated, Up, GuestState.Running).Action.ShouldBe(VmAction.PressPowerButton);
        Next(terminated, Up.Ended(Spec, VmEndReason.Requested, null, Now), GuestState.Absent).Action.ShouldBe(VmAction.Remove);
        Next(terminated, New, GuestState.Absent).Action.ShouldBe(VmAction.Remove);
    }

    private static VmStep Next(VmSpec spec, VmRecord record, GuestState guest, VmReadiness? readiness = null, DateTimeOffset? now = null) =>
        VmPlan.Next(spec, new VmObservation(record, guest, readiness ?? VmReadiness.Ready, now ?? Now));
}
