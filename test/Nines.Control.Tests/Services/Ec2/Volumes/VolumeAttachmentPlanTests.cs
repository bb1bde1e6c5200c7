using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using State = Nines.Control.Services.Ec2.Volumes.VolumeAttachmentState;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Tests.Services.Ec2.Volumes;

public sealed class VolumeAttachmentPlanTests : IAsyncLifetime
{
    private const string Id = "vol-0123456789abcdef0";
    private ComputeFixture _cloud = null!;
    private Instance _instance = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        _instance = await _cloud.RunningAsync();
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Theory]
    [InlineData("Attaching", "Running", true, "Attached")]
    [InlineData("Attaching", "Running", false, "Attaching")]
    [InlineData("Attaching", "Ended", false, "Attached")]
    [InlineData("Attached", "Running", false, "Attached")]
    [InlineData("Detaching", "Running", true, "Detaching")]
    [InlineData("Detaching", "Running", false, null)]
    [InlineData("Detaching", "Starting", false, "Detaching")]
    [InlineData("Detaching", "Ended", false, null)]
    public void A_volume_is_where_its_machine_says(string state, string machine, bool has, string? expected)
    {
        var next = VolumeAttachmentPlan.Observe(Of(Enum.Parse<State>(state)), _instance, Observed(Enum.Parse<VmState>(machine), has));

        next.Attachment?.State.ToString().ShouldBe(expected);
        next.State.ShouldBe(expected is null ? VolumeState.Available : VolumeState.InUse);
    }

    [Fact]
    public void What_is_said_of_an_earlier_start_says_nothing()
    {
        var volume = Of(State.Detaching);

        VolumeAttachmentPlan.Observe(volume, _instance with { BootGeneration = 2 }, Observed(VmState.Ended, has: false)).ShouldBeSameAs(volume);
    }

    private Nines.Control.Services.Ec2.Volumes.Volume Of(State state) => new()
    {
        AccountId = ComputeFixture.Account,
        Id = Id,
        SizeGiB = 1,
        VolumeType = "gp3",
        Zone = _instance.Zone,
        HostId = _instance.HostId,
        State = VolumeState.InUse,
        Attachment = new VolumeAttachment(_instance.Id, "/dev/sdf", false, DateTimeOffset.UnixEpoch, state),
    };

    private VmStatus Observed(VmState state, bool has) => new()
    {
        Id = _instance.Id,
        State = state,
        BootGeneration = 1,
        Since = DateTimeOffset.UnixEpoch,
        Disks = has ? VolumeIds.Of([Id]) : VolumeIds.None,
    };
}
