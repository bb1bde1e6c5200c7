using Nines.Control.Admin;

namespace Nines.Servers;

/// <summary>Two measurements, and what they say of the time between them.</summary>
internal sealed record UsageReport(UsageResult Before, UsageResult After)
{
    /// <summary>Processor time that a server took in percent of one processor; <see langword="null"/> when it was not measured twice.</summary>
    public double? PercentOf(ServerUsage server)
    {
        var earlier = Before.Servers.FirstOrDefault(other => other.Id == server.Id);
        var host = After.Hosts.FirstOrDefault(other => other.Id == server.HostId);
        return Percent(earlier?.ProcessorSeconds, server.ProcessorSeconds, Before.Hosts.FirstOrDefault(other => other.Id == server.HostId)?.MeasuredAt, host?.MeasuredAt);
    }

    /// <summary>Processor time that everything on a host took in percent of all its processors.</summary>
    public double? PercentOf(HostLoad host)
    {
        var earlier = Before.Hosts.FirstOrDefault(other => other.Id == host.Id);
        return Percent(earlier?.ProcessorSeconds, host.ProcessorSeconds, earlier?.MeasuredAt, host.MeasuredAt) / Math.Max(1, host.Cpus);
    }

    /// <summary>A process that began anew in between has taken less than before: that says nothing.</summary>
    private static double? Percent(double? secondsBefore, double? secondsAfter, DateTimeOffset? from, DateTimeOffset? to) =>
        (to - from)?.TotalSeconds is > 0 and var elapsed && secondsAfter - secondsBefore is >= 0 and var taken ? taken / elapsed * 100 : null;
}
