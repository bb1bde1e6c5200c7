using Nines.Host.Api;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Volumes;

public sealed class VolumePlanTests
{
    [Theory]
    [InlineData(Presence.Present, null, false, VolumeAction.Create)]
    [InlineData(Presence.Present, 8, false, VolumeAction.None)]
    [InlineData(Presence.Present, 8, true, VolumeAction.None)]
    [InlineData(Presence.Present, 4, false, VolumeAction.Grow)]
    [InlineData(Presence.Present, 4, true, VolumeAction.None)]
    [InlineData(Presence.Present, 16, false, VolumeAction.None)]
    [InlineData(Presence.Absent, null, false, VolumeAction.None)]
    [InlineData(Presence.Absent, 8, false, VolumeAction.Delete)]
    [InlineData(Presence.Absent, 8, true, VolumeAction.None)]
    internal void The_next_step_of_a_disk_of_8_GiB(Presence presence, int? sizeGiB, bool inUse, VolumeAction expected)
    {
        var spec = new VolumeSpec { Id = "vol-1", SizeGiB = 8, Presence = presence };

        VolumePlan.Next(spec, sizeGiB is { } size ? (long)size << 30 : null, inUse).ShouldBe(expected);
        VolumePlan.Next(spec with { IsMade = true }, sizeGiB is { } made ? (long)made << 30 : null, inUse)
            .ShouldBe(expected is VolumeAction.Create ? VolumeAction.Miss : expected, "one that was there is never made anew");
    }
}
