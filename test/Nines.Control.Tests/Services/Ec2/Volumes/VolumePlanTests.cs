using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Host.Api;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Tests.Services.Ec2.Volumes;

public class VolumePlanTests
{
    [Fact]
    public void A_volume_that_could_not_be_made_is_made_later_and_one_that_was_never_again()
    {
        var volume = new Volume { AccountId = "123456789012", Id = "vol-0123456789abcdef0", SizeGiB = 4, VolumeType = "gp3", Zone = "us-east-1a", State = VolumeState.Creating };

        var failed = Observe(volume, Host.Api.VolumeState.Failed);
        (failed.State, IsMade(failed)).ShouldBe((VolumeState.Error, false), "the host tries again");

        var made = Observe(failed, Host.Api.VolumeState.Ready);
        (made.State, IsMade(made)).ShouldBe((VolumeState.Available, true));

        var lost = Observe(made, Host.Api.VolumeState.Failed);
        (lost.State, lost.Ready, IsMade(lost)).ShouldBe((VolumeState.Error, false, true), "an empty one would be taken for it");

        var back = Observe(lost, Host.Api.VolumeState.Ready);
        (back.State, IsMade(back)).ShouldBe((VolumeState.Available, true));
        Observe(back, Host.Api.VolumeState.Ready).ShouldBeSameAs(back);
    }

    private static Volume Observe(Volume volume, Host.Api.VolumeState state) => VolumePlan.Observe(volume, new VolumeStatus(volume.Id, state, 4), DateTimeOffset.UnixEpoch)!;

    private static bool IsMade(Volume volume) => HostStateRenderer.Volume(volume, _ => null).IsMade;
}
