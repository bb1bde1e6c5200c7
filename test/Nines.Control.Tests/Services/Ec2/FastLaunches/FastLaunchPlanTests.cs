using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.Images;
using Nines.Host.Api;

namespace Nines.Control.Tests.Services.Ec2.FastLaunches;

public sealed class FastLaunchPlanTests
{
    private const string Account = "123456789012";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    private static readonly Image Tiny = NewImage("tiny", isPublic: true);
    private static readonly Image Mine = NewImage("mine", isPublic: false);

    [Theory]
    [InlineData("Enabling", FastLaunchReadiness.Preparing, "Enabling")]
    [InlineData("Enabling", FastLaunchReadiness.Ready, "Enabled")]
    [InlineData("Enabling", FastLaunchReadiness.Failed, "EnablingFailed")]
    [InlineData("EnablingFailed", FastLaunchReadiness.Preparing, "EnablingFailed")]
    [InlineData("EnablingFailed", FastLaunchReadiness.Ready, "Enabled")]
    [InlineData("Enabled", FastLaunchReadiness.Preparing, "Enabled")]
    [InlineData("Enabled", FastLaunchReadiness.Failed, "EnabledFailed")]
    [InlineData("EnabledFailed", FastLaunchReadiness.Ready, "Enabled")]
    [InlineData("Disabling", FastLaunchReadiness.Ready, "Disabled")]
    [InlineData("Disabled", FastLaunchReadiness.Ready, "Disabled")]
    public void What_a_host_keeps_moves_the_state(string before, FastLaunchReadiness readiness, string after)
    {
        var setting = Setting(Tiny, Enum.Parse<FastLaunchState>(before));
        FastLaunchPlan.Observe(setting, Tiny, [Status(Tiny, Image.Everybody, readiness)], Now)!.State.ShouldBe(Enum.Parse<FastLaunchState>(after));
    }

    [Fact]
    public void One_host_that_has_it_is_enough_and_a_failure_says_why()
    {
        var setting = Setting(Tiny, FastLaunchState.Enabling);
        var failed = Status(Tiny, Image.Everybody, FastLaunchReadiness.Failed) with { Message = "The disk is full." };

        FastLaunchPlan.Observe(setting, Tiny, [failed, Status(Tiny, Image.Everybody, FastLaunchReadiness.Ready)], Now)!.State.ShouldBe(FastLaunchState.Enabled);

        var next = FastLaunchPlan.Observe(setting, Tiny, [failed], Now)!;
        (next.StateReason, next.StateSince).ShouldBe(("Server.InternalError: The disk is full.", Now));
        FastLaunchPlan.Observe(next, Tiny, [failed], Now.AddHours(1)).ShouldBeSameAs(next);
    }

    [Fact]
    public void Memory_of_other_images_types_and_owners_says_nothing()
    {
        var setting = Setting(Mine, FastLaunchState.Enabling);
        FastLaunchStatus[] others =
        [
            Status(Tiny, Account, FastLaunchReadiness.Ready),
            Status(Mine, Image.Everybody, FastLaunchReadiness.Ready),
            Status(Mine, Account, FastLaunchReadiness.Ready) with { InstanceType = "t3.large" },
            Status(Mine, Account, FastLaunchReadiness.Ready) with { SnapshotId = "snap-1" },
            Status(Mine, Account, FastLaunchReadiness.Ready) with { IsEnabled = false }, // less is done for what nobody asked for
        ];
        FastLaunchPlan.Observe(setting, Mine, others, Now).ShouldBeSameAs(setting);
    }

    [Fact]
    public void A_setting_goes_with_its_image() => FastLaunchPlan.Observe(Setting(Tiny, FastLaunchState.Enabled), null, [], Now).ShouldBeNull();

    [Fact]
    public void Public_images_are_kept_for_everybody_and_private_ones_for_their_owner_who_asks()
    {
        var plain = NewImage("plain", isPublic: true) with { HasGate = false };

        FastLaunchPlan.Wanted([Mine, Tiny, plain], []).ShouldBe([new FastLaunchSpec(Tiny.Digest, "everybody", "t3.micro", 2, 1024)]);
        FastLaunchPlan.Wanted([Mine, Tiny], [Setting(Mine, FastLaunchState.Enabling), Setting(Tiny, FastLaunchState.Enabled)])
            .Select(spec => (spec.ImageDigest, spec.Owner, spec.IsEnabled)).ShouldBe([(Tiny.Digest, "everybody", true), (Mine.Digest, Account, true)], ignoreOrder: true);
        FastLaunchPlan.Wanted([Mine], [Setting(Mine, FastLaunchState.Disabling)]).ShouldBeEmpty();
    }

    [Fact]
    public void An_image_of_a_server_is_kept_with_its_snapshot_for_who_asks()
    {
        var made = Mine with { GateSnapshotId = "snap-1", IsPublic = true };
        FastLaunchPlan.Wanted([made], []).ShouldBeEmpty("not ahead of the first who launches it");
        var wanted = FastLaunchPlan.Wanted([made], [Setting(made, FastLaunchState.Enabling)]).ShouldHaveSingleItem();
        wanted.SnapshotId.ShouldBe("snap-1");
        var ready = Status(made, Image.Everybody, FastLaunchReadiness.Ready);
        FastLaunchPlan.Observe(Setting(made, FastLaunchState.Enabling), made, [ready], Now)!.State.ShouldBe(FastLaunchState.Enabling);
        FastLaunchPlan.Observe(Setting(made, FastLaunchState.Enabling), made, [ready with { SnapshotId = "snap-1" }], Now)!.State.ShouldBe(FastLaunchState.Enabled);
    }

    [Fact]
    public void An_image_that_needs_more_memory_is_kept_on_a_larger_type() =>
        FastLaunchPlan.TypeFor(Mine with { MinimumMemoryMiB = 3000 })!.Name.ShouldBe("t3.medium");

    [Fact]
    public void Launches_start_from_kept_memory_unless_the_account_said_no()
    {
        FastLaunchPlan.OwnerOf(Tiny, null, Account).ShouldBe("everybody");
        FastLaunchPlan.OwnerOf(Mine, Setting(Mine, FastLaunchState.EnablingFailed), Account).ShouldBe(Account);
        FastLaunchPlan.OwnerOf(Tiny, Setting(Tiny, FastLaunchState.Disabled), Account).ShouldBeNull();
        FastLaunchPlan.OwnerOf(Tiny with { HasGate = false }, null, Account).ShouldBeNull();
    }

    [Fact]
    public void The_newest_report_of_a_shape_counts()
    {
        var before = Status(Tiny, Image.Everybody, FastLaunchReadiness.Preparing);
        var after = before with { Readiness = FastLaunchReadiness.Ready };
        FastLaunchPlan.Merge([before, Status(Mine, Account, FastLaunchReadiness.Ready)], [after]).ShouldContain(after);
        FastLaunchPlan.Merge([before], [after]).Length.ShouldBe(1);
    }

    private static FastLaunchStatus Status(Image image, string owner, FastLaunchReadiness readiness) => new(image.Digest, owner, "t3.micro", readiness, IsEnabled: true);

    private static FastLaunch Setting(Image image, FastLaunchState state) => new() { AccountId = Account, Id = image.Id, State = state, StateSince = Now };

    private static Image NewImage(string name, bool isPublic) => new()
    {
        AccountId = Account,
        Id = $"ami-{name}",
        Name = name,
        Digest = $"digest of {name}",
        IsPublic = isPublic,
        HasGate = true,
        Architecture = "x86_64",
        RootDeviceName = "/dev/xvda",
        RootVolumeSizeGiB = 2,
        CreationDate = Now,
    };
}
