using Nines.Control.Services.Ec2.InstanceTypes;

namespace Nines.Control.Services.Ec2.Credits;

/// <summary>How a type earns and keeps CPU credits (EC2 User Guide: Key concepts and definitions for burstable performance instances).</summary>
/// <param name="BaselinePercent">What it may use without end, in percent of one processor, all virtual processors together.</param>
/// <param name="LaunchCredits">What it gets with each start that stops at its credits.</param>
internal readonly record struct CreditRate(int BaselinePercent, double LaunchCredits)
{
    private const double HoursKept = 24;
    private const double LaunchCreditsPerVCpu = 30;

    /// <summary>Credits that it earns in an hour: its baseline, in minutes of one processor.</summary>
    public double PerHour => BaselinePercent * 60 / 100.0;

    /// <summary>The most credits that it keeps, and the most that it may owe.</summary>
    public double Maximum => PerHour * HoursKept;

    /// <summary>The rate of a type; <see langword="null"/> for one that is not burstable.</summary>
    public static CreditRate? Of(string instanceType) => InstanceTypeCatalog.Find(instanceType) is { IsBurstable: true } type
        ? new CreditRate(type.CpuBaselinePercent, KeepsCreditsWhenStopped(instanceType) ? 0 : LaunchCreditsPerVCpu * type.VCpus)
        : null;

    /// <summary>Whether credits outlive a stop: for seven days for T3, not at all for T2.</summary>
    public static bool KeepsCreditsWhenStopped(string instanceType) => !instanceType.StartsWith("t2.", StringComparison.Ordinal);
}
