using System.Diagnostics.Metrics;

namespace Nines.Control.Store;

/// <summary>What the store tells about itself, in the meter <c>Nines</c>.</summary>
internal static class StoreMeters
{
    public static readonly Counter<long> Commits =
        Meters.Nines.CreateCounter<long>("nines.store.commits", "{transaction}", "Transactions that were judged, by result.");

    public static readonly Counter<long> Conflicts =
        Meters.Nines.CreateCounter<long>("nines.store.conflicts", "{transaction}", "Transactions that ran again because a record had changed.");

    public static readonly Histogram<int> GroupSize =
        Meters.Nines.CreateHistogram<int>("nines.store.group_size", "{transaction}", "Transactions made durable by one fsync.");

    public static readonly Histogram<double> GroupDuration =
        Meters.Nines.CreateHistogram<double>("nines.store.group_duration", "s", "Time to check, apply and sync one group.");
}
