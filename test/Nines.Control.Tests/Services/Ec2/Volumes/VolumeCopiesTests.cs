using Nines.Control.Admin;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Tags;
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
    [InlineData("io2", null, VolumeReplication.Synchronous)]
    [InlineData("io2", "asynchronous", VolumeReplication.Synchronous)]
    [InlineData("io1", null, VolumeReplication.None)]
    [InlineData("gp3", null, VolumeReplication.None)]
    [InlineData("gp3", "asynchronous", VolumeReplication.Asynchronous)]
    [InlineData("st1", "asynchronous", VolumeReplication.Asynchronous)]
    [InlineData("gp3", "Asynchronous", VolumeReplication.None)]
    [InlineData("gp3", "synchronous", VolumeReplication.None)]
    [InlineData("gp3", "", VolumeReplication.None)]
    public void The_most_durable_type_has_two_copies_and_others_one_that_follows_where_their_tag_says_so(string type, string? tag, VolumeReplication expected) =>
        VolumeRules.ReplicationOf(type, tag is null ? new() : new Dictionary<string, string> { ["nines:replication"] = tag }).ShouldBe(expected);

    [Fact]
    public void A_volume_whose_disk_is_lost_waits_for_somebody_to_accept_its_copy()
    {
        var lost = Lose(Volume, s_now);

        lost.State.ShouldBe(VolumeState.Available);
        var status = VolumeDescriptions.DescribeStatus(lost);
        status.VolumeStatus!.Status.ShouldBe("impaired");
        status.VolumeStatus.Details!.Select(detail => detail.Status).ShouldBe(["failed", "not-applicable"]);
        var happened = status.Events!.ShouldHaveSingleItem();
        (happened.EventType, happened.EventId, happened.NotBefore).ShouldBe(("potential-data-inconsistency", "evol-0123456789abcdef0", s_now.AddMinutes(1)));
        happened.Description!.ShouldContain("1970-01-02 00:00:00Z");
        var action = status.Actions!.ShouldHaveSingleItem();
        (action.Code, action.EventId, action.EventType).ShouldBe(("enable-volume-io", "evol-0123456789abcdef0", "potential-data-inconsistency"));
        Spec(lost).AcceptedCopy.ShouldBeNull();

        var accepted = lost with { Loss = lost.Loss! with { IsAccepted = true } };
        VolumeDescriptions.DescribeStatus(accepted).Actions!.ShouldBeEmpty();
        VolumeDescriptions.DescribeStatus(accepted).VolumeStatus!.Status.ShouldBe("impaired");
        Spec(accepted).AcceptedCopy.ShouldBe(s_now);
        Lose(accepted, s_now).ShouldBeSameAs(accepted);
        Lose(accepted, s_now.AddHours(1)).Loss!.IsAccepted.ShouldBeFalse("that is another loss");

        var whole = Observe(accepted, VolumeRedundancy.None, 0, s_now.AddMinutes(2));
        Describe(whole).ShouldBe(("ok", "not-applicable", null));
        Spec(whole).AcceptedCopy.ShouldBeNull();
    }

    [Fact]
    public void A_volume_that_enables_reads_and_writes_by_itself_accepts_its_copy_by_itself() =>
        Spec(Lose(Volume with { AutoEnableIo = true }, s_now)).AcceptedCopy.ShouldBe(s_now);

    [Fact]
    public void Copies_are_told_in_words()
    {
        var tags = TagMap.Empty.Add("nines:replication", "asynchronous");
        var volume = Volume with { VolumeType = "gp3", Tags = tags };
        ReplicaUsage copy = new(volume.Id) { CopyOf = s_now, LagSeconds = 4 };

        Ec2Copies.Tell(Volume, null).ShouldBe(new VolumeLine(Volume.Id, "io2", 4, "available", null, "synchronous", null));
        Ec2Copies.Tell(volume with { Tags = TagMap.Empty }, copy).ShouldBe(new VolumeLine(Volume.Id, "gp3", 4, "available", null, "none", null));
        Ec2Copies.Tell(volume, copy).ShouldBe(new VolumeLine(Volume.Id, "gp3", 4, "available", null, "asynchronous", "follows") { CopyOf = s_now, LagSeconds = 4 });
        Ec2Copies.Tell(volume, copy with { LagSeconds = 0 }).Copies.ShouldBe("current");
        Ec2Copies.Tell(volume, copy with { Message = "full" }).Copies.ShouldBe("falls behind: full");
        Ec2Copies.Tell(volume, new ReplicaUsage(volume.Id) { Percent = 7 }).Copies.ShouldBe("first copy, 7 % made");
        Ec2Copies.Tell(volume, new ReplicaUsage(volume.Id) { Message = "no disk" }).Copies.ShouldBe("none: no disk");
        Ec2Copies.Tell(Lose(volume, s_now), copy).ShouldBe(new VolumeLine(Volume.Id, "gp3", 4, "available", null, "asynchronous", "lost, a copy is left") { CopyOf = s_now });
    }

    private static Nines.Control.Services.Ec2.Volumes.Volume Lose(Nines.Control.Services.Ec2.Volumes.Volume volume, DateTimeOffset copyOf) =>
        VolumePlan.Observe(volume, new VolumeStatus(volume.Id, Host.Api.VolumeState.Lost, 4, "lost") { CopyOf = copyOf }, s_now.AddMinutes(1))!;

    private static VolumeSpec Spec(Nines.Control.Services.Ec2.Volumes.Volume volume) => HostStateRenderer.Volume(volume, _ => null);

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
