using Nines.Control.Services.Ec2.Instances;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Credits;

/// <summary>Settles what an instance has earned and spent, and says whether it is to go on at its baseline: pure.</summary>
internal static class CreditPlan
{
    /// <summary>How long a stopped T3 instance keeps its credits.</summary>
    public static readonly TimeSpan KeptWhenStopped = TimeSpan.FromDays(7);

    /// <summary>Credits at which an instance that was out of them bursts again: enough for half a minute of one processor, so that it does not flutter.</summary>
    public const double ResumeAt = 0.5;

    /// <summary>The most that is spent beyond the last credit before anybody looked; a cloud that was away leaves no debt.</summary>
    private const double Overdraft = 1;

    /// <summary>Whether the instance earns or spends now.</summary>
    public static bool Counts(Instance instance) =>
        instance.State is InstanceState.Running or InstanceState.Stopping && CreditRate.Of(instance.InstanceType) is not null;

    /// <summary>The account of an instance now.</summary>
    /// <param name="instance">An instance of a burstable type.</param>
    /// <param name="known">Its account as it was; <see langword="null"/> before it was settled for the first time.</param>
    /// <param name="used">Processor time that was measured, or <see langword="null"/>.</param>
    /// <param name="now">Until when it is settled.</param>
    public static CpuCredit Settle(Instance instance, CpuCredit? known, VmProcessorTime? used, DateTimeOffset now)
    {
        var rate = CreditRate.Of(instance.InstanceType)!.Value;
        var unlimited = CreditOptions.Of(instance) == CreditOptions.Unlimited;
        var account = known is null ? New(instance) : known.BootGeneration == instance.BootGeneration ? known : Restarted(instance, known);
        if (known?.BootGeneration != instance.BootGeneration && !unlimited)
        {
            account = account with { Launch = rate.LaunchCredits };
        }

        var seconds = used is { } measured && measured.BootGeneration == instance.BootGeneration ? Math.Max(measured.Seconds, account.ProcessorSeconds) : account.ProcessorSeconds;
        var spent = (seconds - account.ProcessorSeconds) / 60;
        var earned = rate.PerHour * Math.Max(0, (now - account.SettledAt).TotalHours);
        account = account with { ProcessorSeconds = seconds, SettledAt = now > account.SettledAt ? now : account.SettledAt };
        return unlimited ? Unlimited(account, rate, earned, spent) : Standard(account, rate, earned, spent);
    }

    /// <summary>Whether it is to go on at its baseline.</summary>
    public static bool IsThrottled(Instance instance, CpuCredit account) =>
        CreditOptions.Of(instance) == CreditOptions.Standard && account.Balance + account.Launch < (instance.CpuThrottled ? ResumeAt : double.Epsilon);

    private static CpuCredit Standard(CpuCredit account, CreditRate rate, double earned, double spent)
    {
        var launch = Math.Max(0, account.Launch - spent);
        var balance = account.Balance + earned - (spent - (account.Launch - launch));
        return account with
        {
            Launch = launch,
            Balance = Math.Clamp(balance, -Overdraft, rate.Maximum),

            // What it owes of a time in which it was unlimited is due.
            Surplus = 0,
            Charged = account.Charged + account.Surplus,
        };
    }

    private static CpuCredit Unlimited(CpuCredit account, CreditRate rate, double earned, double spent)
    {
        // What is earned pays what is owed first.
        var net = Math.Max(0, account.Balance) + earned - spent - account.Surplus;
        var surplus = Math.Max(0, -net);
        return account with
        {
            Launch = 0,
            Balance = Math.Clamp(net, 0, rate.Maximum),
            Surplus = Math.Min(surplus, rate.Maximum),
            Charged = account.Charged + Math.Max(0, surplus - rate.Maximum),
        };
    }

    private static CpuCredit New(Instance instance) => new()
    {
        AccountId = instance.AccountId,
        Id = instance.Id,
        BootGeneration = instance.BootGeneration,
        SettledAt = instance.LaunchTime,
    };

    /// <summary>The account of an instance that was stopped meanwhile. What it owed was due when it stopped.</summary>
    private static CpuCredit Restarted(Instance instance, CpuCredit known)
    {
        var kept = CreditRate.KeepsCreditsWhenStopped(instance.InstanceType) && instance.LaunchTime - known.SettledAt <= KeptWhenStopped;
        return New(instance) with { Balance = kept ? Math.Max(0, known.Balance) : 0, Charged = known.Charged + known.Surplus };
    }
}
