using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Host.Api;

namespace Nines.Control.Tests.Services.Ec2.ImportTasks;

public sealed class ImportTaskPlanTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, true, true, "legacy-bios")]
    [InlineData(null, false, true, "uefi")]
    [InlineData("uefi", true, true, "uefi")]
    [InlineData("uefi", true, false, null)]
    [InlineData("legacy-bios", false, true, null)]
    [InlineData(null, false, false, null)]
    public void An_image_is_started_as_its_root_disk_can_be(string? asked, bool bios, bool uefi, string? expected)
    {
        var task = Of(TransferState.Ready, bios, uefi) with { BootMode = asked };
        ImportTaskPlan.BootModeOf(task).ShouldBe(expected);
        var next = ImportTaskPlan.Next(task, s_now);
        next.State.ShouldBe(expected is null ? ImportTaskState.Deleting : ImportTaskState.Active);
        (next.StatusMessage is null).ShouldBe(expected is not null);
    }

    [Fact]
    public void A_snapshot_need_not_start_anything()
    {
        var task = Of(TransferState.Ready, false, false) with { Id = "import-snap-0123456789abcdef0" };
        ImportTaskPlan.Next(task, s_now).ShouldBeSameAs(task);
        ImportTaskPlan.IsWhole(task).ShouldBeTrue();
    }

    [Fact]
    public void A_full_disk_is_not_the_clients_fault()
    {
        ImportTaskPlan.ReasonOf("error while writing at byte 0: No space left on device").ShouldStartWith("ServerError: ");
        ImportTaskPlan.ReasonOf("it is empty").ShouldStartWith("ClientError: ");
    }

    [Fact]
    public void What_came_to_nothing_is_over_when_nothing_is_left()
    {
        var task = Of(TransferState.Failed, false, false);
        var ending = ImportTaskPlan.Next(task, s_now);
        (ending.State, ending.HostId).ShouldBe((ImportTaskState.Deleting, "host-1"));
        ImportTaskPlan.Wanted(ending, _ => null).Single().Presence.ShouldBe(Presence.Absent);
        ImportTaskPlan.Next(ending, s_now).ShouldBeSameAs(ending);
        var gone = ImportTaskPlan.Observe(ending, new TransferStatus(ending.Disks[0].SnapshotId, TransferState.Gone));
        var over = ImportTaskPlan.Next(gone, s_now);
        (over.State, over.HostId, over.EndTime).ShouldBe((ImportTaskState.Deleted, null, s_now));
        ImportTaskPlan.Observe(over, new TransferStatus(ending.Disks[0].SnapshotId, TransferState.Ready)).ShouldBeSameAs(over);
    }

    private static ImportTask Of(TransferState state, bool bios, bool uefi) => new()
    {
        AccountId = "123456789012",
        Id = "import-ami-0123456789abcdef0",
        HostId = "host-1",
        StartTime = s_now,
        Disks = [new ImportDisk { SnapshotId = "snap-0123456789abcdef0", Bucket = "disks", Key = "a", State = state, Disk = new ImportedDisk(DiskFormat.Raw, 1, 1, bios, uefi) }],
    };
}
