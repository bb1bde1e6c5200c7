using Nines.Control.Services.Ec2.Volumes;
using Nines.Host.Api;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Tests.Services.Ec2.Volumes;

public sealed class VolumeCopiesTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddDays(1);

    [Fact]
    public void A_volume_without_a_second_copy_says_nothing_of_it() => Describe(Volume).ShouldBe(("ok", "not-applicable", null));

    [Fact]
    public void A_lost_copy_is_a_warning_until_it_is_there_again()
    {
        var lost = Observe(Volume, VolumeRedundancy.Degraded, 0, s_now);
        Describe(Observe(Volume, VolumeRedundancy.Whole, 0, s_now)).ShouldBe(("ok", "normal", null));
        Describe(lost).ShouldBe(("warning", "degraded", "Only one of the volume's two copies is whole."));

        var rebuilt = Observe(lost, VolumeRedundancy.Rebuilding, 57, s_now.AddMinutes(1));
        Describe(rebuilt).ShouldBe(("warning", "degraded", "Only one of the volume's two copies is whole; the other is made anew from it (50 % done)."));
        rebuilt.RedundancySince.ShouldBe(s_now, "it is degraded since then");
        Observe(rebuilt, VolumeRedundancy.Rebuilding, 59, s_now.AddMinutes(2)).ShouldBeSameAs(rebuilt, "not every percent is a write");

        Describe(Observe(rebuilt, VolumeRedundancy.Whole, 0, s_now.AddMinutes(3))).ShouldBe(("ok", "normal", null));
    }

    [Theory]
    [InlineData("io2", VolumeReplication.Synchronous)]
    [InlineData("io1", VolumeReplication.None)]
    [InlineData("gp3", VolumeReplication.None)]
    public void The_most_durable_type_has_two_copies(string type, VolumeReplication expected) => VolumeRules.ReplicationOf(type).ShouldBe(expected);

    private static Nines.Control.Services.Ec2.Volumes.Volume Volume => new()
    {
        AccountId = "123456789012",
        Id = "vol-0123456789abcdef0",
        SizeGiB = 4,
        VolumeType = "io2",
        Zone = "us-east-1a",
        State = VolumeState.Available,
        Ready = true,
    };

    private static Nines.Control.Services.Ec2.Volumes.Volume Observe(Nines.Control.Services.Ec2.Volumes.Volume volume, VolumeRedundancy redundancy, int percent, DateTimeOffset now) =>
        VolumePlan.Observe(volume, new VolumeStatus(volume.Id, Host.Api.VolumeState.Ready, 4, null, redundancy, percent), now)!;

    private static (string? Status, string? Performance, string? Event) Describe(Nines.Control.Services.Ec2.Volumes.Volume volume)
    {
        var item = VolumeDescriptions.DescribeStatus(volume);
        return (item.VolumeStatus!.Status, item.VolumeStatus.Details![1].Status, item.Events!.SingleOrDefault()?.Description);
    }
}
