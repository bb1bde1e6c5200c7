using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>
/// Decides what to do with a snapshot, from what there is: whatever was interrupted goes on from there. Pure.
/// </summary>
internal static class SnapshotPlan
{
    /// <summary>Whether the next step depends on which file a machine writes to.</summary>
    public static bool AsksForUse(SnapshotFacts facts) => facts is { IsRecorded: false, HasFile: true, IsVolumesFile: true };

    /// <summary>The next step.</summary>
    /// <param name="presence">Whether it shall exist.</param>
    /// <param name="facts">What there is.</param>
    /// <param name="use">Who writes where, where <see cref="AsksForUse"/> wants to know.</param>
    public static SnapshotAction Next(Presence presence, SnapshotFacts facts, DiskUse use) => (presence, facts) switch
    {
        // Half a snapshot ends before it goes: a machine may write to the overlay already.
        (_, { IsRecorded: false, HasFile: true, IsVolumesFile: true }) => Half(presence, facts, use),
        (Presence.Absent, { IsRecorded: true }) => SnapshotAction.Delete,
        (Presence.Absent, _) => SnapshotAction.None,
        (_, { IsRecorded: true }) => SnapshotAction.None,
        (_, { HasFile: true }) => SnapshotAction.Record,
        (_, { HasVolume: false }) => SnapshotAction.Fail,
        (_, { OverlayFits: false }) => SnapshotAction.MakeOverlay,
        _ => SnapshotAction.Link,
    };

    /// <summary>The snapshot's name is there, and the volume has not got its next file.</summary>
    private static SnapshotAction Half(Presence presence, SnapshotFacts facts, DiskUse use) => use switch
    {
        DiskUse.Overlay => SnapshotAction.Rename,
        _ when !facts.OverlayFits || presence is Presence.Absent && use is DiskUse.Present => SnapshotAction.Undo,

        // An overlay that no machine has open is either empty or what its machine wrote before it ended: right in both cases.
        DiskUse.None => SnapshotAction.Rename,
        _ => SnapshotAction.Switch,
    };
}
