using System.Diagnostics.Metrics;

namespace Nines.Control.Reconcile;

/// <summary>What the loops tell about themselves, in the meter <c>Nines</c>, by reconciler.</summary>
internal static class ReconcileMeters
{
    public static readonly Histogram<double> Duration =
        Meters.Nines.CreateHistogram<double>("nines.reconcile.duration", "s", "Time of one call, by reconciler and result.");

    public static readonly Counter<long> Failures =
        Meters.Nines.CreateCounter<long>("nines.reconcile.failures", "{call}", "Calls that failed, by reconciler.");

    public static readonly UpDownCounter<long> Queued =
        Meters.Nines.CreateUpDownCounter<long>("nines.reconcile.queued", "{record}", "Records that wait for their turn, by reconciler.");

    public static readonly UpDownCounter<long> Running =
        Meters.Nines.CreateUpDownCounter<long>("nines.reconcile.running", "{record}", "Records that are worked on, by reconciler.");

    public static readonly UpDownCounter<long> Failing =
        Meters.Nines.CreateUpDownCounter<long>("nines.reconcile.failing", "{record}", "Records whose last call failed, by reconciler.");
}
