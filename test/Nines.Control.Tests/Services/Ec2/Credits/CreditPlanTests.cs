using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;

namespace Nines.Control.Tests.Services.Ec2.Credits;

public sealed class CreditPlanTests
{
    private static readonly DateTimeOffset Launched = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_instance_earns_by_the_hour_up_to_a_day()
    {
        var instance = Of("t3.micro");
        Settle(instance, null, 0, 1).Balance.ShouldBe(12, 0.001);
        Settle(instance, null, 0, 30).Balance.ShouldBe(288, 0.001);
    }

    [Fact]
    public void What_it_uses_of_its_processors_it_spends_a_minute_for_a_credit()
    {
        var instance = Of("t3.micro");
        var settled = Settle(instance, null, 600, 1);
        settled.Balance.ShouldBe(2, 0.001);
        Settle(instance, settled, 660, 1.5).Balance.ShouldBe(7, 0.001);
    }

    [Fact]
    public void One_that_stops_at_its_credits_is_throttled_when_they_are_gone_and_bursts_when_it_has_some_again()
    {
        var instance = Of("t3.micro", "standard");
        var empty = Settle(instance, null, 13 * 60, 1);
        CreditPlan.IsThrottled(instance, empty).ShouldBeTrue();
        var throttled = instance with { CpuThrottled = true };
        CreditPlan.IsThrottled(throttled, empty with { Balance = 0.4 }).ShouldBeTrue();
        CreditPlan.IsThrottled(throttled, empty with { Balance = 0.5 }).ShouldBeFalse();
        CreditPlan.IsThrottled(instance, empty with { Balance = 0.4 }).ShouldBeFalse();
    }

    [Fact]
    public void A_cloud_that_was_away_leaves_no_debt() =>
        Settle(Of("t3.micro", "standard"), null, 7200, 1).Balance.ShouldBe(-1);

    [Fact]
    public void One_without_limits_owes_what_it_spends_pays_it_with_what_it_earns_and_is_charged_beyond_a_day()
    {
        var instance = Of("t3.micro", "unlimited");
        var owing = Settle(instance, null, 60 * 60, 1);
        (owing.Balance, owing.Surplus, owing.Charged).ShouldBe((0, 48, 0));
        CreditPlan.IsThrottled(instance, owing).ShouldBeFalse();
        Settle(instance, owing, 60 * 60, 3).Surplus.ShouldBe(24, 0.001);
        var paid = Settle(instance, owing, 60 * 60, 6);
        (paid.Balance, paid.Surplus).ShouldBe((12, 0));
        var charged = Settle(instance, owing, 7 * 60 * 60, 1);
        (charged.Surplus, charged.Charged).ShouldBe((288, 120));
    }

    [Fact]
    public void T2_spends_its_launch_credits_first()
    {
        var settled = Settle(Of("t2.micro"), null, 10 * 60, 1);
        (settled.Launch, settled.Balance).ShouldBe((20, 6));
        var beyond = Settle(Of("t2.micro"), settled, 35 * 60, 2);
        (beyond.Launch, beyond.Balance).ShouldBe((0, 7));
    }

    [Fact]
    public void T2_loses_its_credits_with_a_stop_and_gets_launch_credits_again()
    {
        var before = Settle(Of("t2.micro"), null, 31 * 60, 2);
        var started = Of("t2.micro") with { BootGeneration = 2, LaunchTime = Launched.AddHours(3) };
        var after = CreditPlan.Settle(started, before, new VmProcessorTime(started.Id, 2, 60), Launched.AddHours(4));
        (after.Launch, after.Balance).ShouldBe((29, 6));
    }

    [Theory]
    [InlineData(6, 36)]
    [InlineData(8, 12)]
    public void T3_keeps_its_credits_for_seven_days_without_earning_any(int days, double balance)
    {
        var before = Settle(Of("t3.micro"), null, 0, 2);
        var started = Of("t3.micro") with { BootGeneration = 2, LaunchTime = Launched.AddHours(2).AddDays(days) };
        CreditPlan.Settle(started, before, new VmProcessorTime(started.Id, 1, 9000), started.LaunchTime.AddHours(1)).Balance.ShouldBe(balance, 0.001);
    }

    [Fact]
    public void What_is_owed_is_due_when_the_limit_comes_or_the_instance_stops()
    {
        var owing = Settle(Of("t3.micro", "unlimited"), null, 60 * 60, 1);
        var limited = Settle(Of("t3.micro", "standard"), owing, 60 * 60, 2);
        (limited.Surplus, limited.Charged, limited.Balance).ShouldBe((0, 48, 12));
        var started = Of("t3.micro", "unlimited") with { BootGeneration = 2, LaunchTime = Launched.AddHours(2) };
        var restarted = CreditPlan.Settle(started, owing, null, Launched.AddHours(3));
        (restarted.Surplus, restarted.Charged, restarted.Balance).ShouldBe((0, 48, 12));
    }

    private static CpuCredit Settle(Instance instance, CpuCredit? known, double seconds, double hours) =>
        CreditPlan.Settle(instance, known, new VmProcessorTime(instance.Id, instance.BootGeneration, seconds), Launched.AddHours(hours));

    private static Instance Of(string type, string? credits = null) =>
        SampleInstance.In(InstanceState.Running) with { InstanceType = type, CpuCredits = credits, LaunchTime = Launched, BootGeneration = 1 };
}
