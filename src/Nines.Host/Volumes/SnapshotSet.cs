using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>Snapshots of one moment, each of another volume; most are alone.</summary>
internal sealed record SnapshotSet(ImmutableArray<SnapshotSpec> Members)
{
    /// <summary>The volumes.</summary>
    public IEnumerable<string> VolumeIds => Members.Select(spec => spec.VolumeId);

    /// <summary>When it is to be taken; <see langword="null"/>: at once. What shall go waits for nothing.</summary>
    public SnapshotMoment? Moment => Members.FirstOrDefault(spec => spec.Presence is Presence.Present)?.Moment;

    /// <summary>The sets that snapshots make, in chains: sets of different chains have no volume in common, those of one chain come one after the other.</summary>
    public static IReadOnlyCollection<IReadOnlyList<SnapshotSet>> Chains(IEnumerable<SnapshotSpec> snapshots)
    {
        var chains = new Dictionary<string, List<SnapshotSet>>(StringComparer.Ordinal);
        foreach (var members in snapshots.GroupBy(spec => spec.SetId ?? spec.Id, StringComparer.Ordinal))
        {
            var set = new SnapshotSet([.. members.OrderBy(spec => spec.Id, StringComparer.Ordinal)]);
            var joined = new List<SnapshotSet> { set };
            foreach (var chain in set.VolumeIds.Select(id => chains.GetValueOrDefault(id)).OfType<List<SnapshotSet>>().Distinct().ToArray())
            {
                joined.AddRange(chain);
            }

            foreach (var id in joined.SelectMany(other => other.VolumeIds))
            {
                chains[id] = joined;
            }
        }

        return [.. chains.Values.Distinct()];
    }
}
