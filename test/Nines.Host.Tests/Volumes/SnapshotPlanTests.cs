using Nines.Host.Api;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Volumes;

public sealed class SnapshotPlanTests
{
    private static readonly SnapshotFacts Nothing = new(IsRecorded: false, HasVolume: true, HasFile: false, IsVolumesFile: false, OverlayFits: false);
    private static readonly SnapshotFacts Overlaid = Nothing with { OverlayFits = true };
    private static readonly SnapshotFacts Linked = Overlaid with { HasFile = true, IsVolumesFile = true };
    private static readonly SnapshotFacts Renamed = Nothing with { HasFile = true };
    private static readonly SnapshotFacts Recorded = Renamed with { IsRecorded = true };

    [Fact]
    public void Every_step_leads_to_the_next()
    {
        Next(Nothing).ShouldBe(SnapshotAction.MakeOverlay);
        Next(Overlaid).ShouldBe(SnapshotAction.Link);
        Next(Linked, DiskUse.Present).ShouldBe(SnapshotAction.Switch);
        Next(Linked, DiskUse.Overlay).ShouldBe(SnapshotAction.Rename);
        Next(Linked, DiskUse.None).ShouldBe(SnapshotAction.Rename);
        Next(Renamed).ShouldBe(SnapshotAction.Record);
        Next(Recorded).ShouldBe(SnapshotAction.None);
    }

    [Fact]
    public void A_volume_that_grew_meanwhile_gets_a_new_overlay_unless_it_is_written_to_already()
    {
        var stale = Linked with { OverlayFits = false };
        Next(stale, DiskUse.None).ShouldBe(SnapshotAction.Undo);
        Next(stale, DiskUse.Present).ShouldBe(SnapshotAction.Undo);
        Next(stale, DiskUse.Overlay).ShouldBe(SnapshotAction.Rename);
    }

    [Fact]
    public void One_that_shall_go_goes_without_taking_what_a_machine_wrote()
    {
        Gone(Recorded).ShouldBe(SnapshotAction.Delete);
        Gone(Nothing).ShouldBe(SnapshotAction.None);
        Gone(Overlaid).ShouldBe(SnapshotAction.None);
        Gone(Renamed).ShouldBe(SnapshotAction.None);
        Gone(Linked, DiskUse.Present).ShouldBe(SnapshotAction.Undo);
        Gone(Linked, DiskUse.Overlay).ShouldBe(SnapshotAction.Rename);
        Gone(Linked, DiskUse.None).ShouldBe(SnapshotAction.Rename);
    }

    [Fact]
    public void Nothing_can_be_taken_of_a_volume_that_is_gone()
    {
        Next(Nothing with { HasVolume = false }).ShouldBe(SnapshotAction.Fail);
        Next(Renamed with { HasVolume = false }).ShouldBe(SnapshotAction.Record);
        Next(Recorded with { HasVolume = false }).ShouldBe(SnapshotAction.None);
    }

    private static SnapshotAction Next(SnapshotFacts facts, DiskUse use = DiskUse.None) => SnapshotPlan.Next(Presence.Present, facts, use);

    private static SnapshotAction Gone(SnapshotFacts facts, DiskUse use = DiskUse.None) => SnapshotPlan.Next(Presence.Absent, facts, use);
}
