using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class RebootHoldTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RebootHold _hold = new();

    [Fact]
    public void A_reboot_waits_for_a_minute_and_tells_once_that_it_does()
    {
        _hold.RebootGeneration.ShouldBe(0);
        _hold.Begin(3, s_now, out var isNew).ShouldBeTrue();
        isNew.ShouldBeTrue();
        _hold.RebootGeneration.ShouldBe(3);

        _hold.Begin(3, s_now.AddSeconds(60), out isNew).ShouldBeTrue();
        isNew.ShouldBeFalse();
        _hold.Begin(3, s_now.AddSeconds(61), out _).ShouldBeFalse("its machine is not kept from its work for ever");
    }

    [Fact]
    public void The_next_reboot_has_a_minute_of_its_own()
    {
        _hold.Begin(3, s_now, out _);
        _hold.End();
        _hold.RebootGeneration.ShouldBe(0);

        _hold.Begin(4, s_now.AddHours(1), out var isNew).ShouldBeTrue();
        isNew.ShouldBeTrue();
        _hold.Begin(5, s_now.AddHours(2), out isNew).ShouldBeTrue("one that follows another without an end between");
        isNew.ShouldBeTrue();
    }
}
