using Nines.Host.Api;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public class GuestReachabilityTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_guest_that_boots_is_initializing_until_it_answers()
    {
        var booting = GuestReachability.Booting(Now).After(false, Now.AddSeconds(4)).After(false, Now.AddSeconds(8)).After(false, Now.AddSeconds(12));
        booting.State.ShouldBe(VmReachability.Initializing);
        booting.After(true, Now.AddSeconds(16)).ShouldBe(new(VmReachability.Passed, Now.AddSeconds(16), Now.AddSeconds(16)));
    }

    [Fact]
    public void One_that_never_answers_has_failed_when_its_time_is_over() =>
        GuestReachability.Booting(Now).After(false, Now + GuestReachability.BootPatience).State.ShouldBe(VmReachability.Failed);

    [Fact]
    public void One_that_answered_may_miss_two_questions()
    {
        var passed = GuestReachability.Booting(Now).After(true, Now);
        var missed = passed.After(false, Now).After(false, Now);
        missed.State.ShouldBe(VmReachability.Passed);
        missed.After(true, Now).Failures.ShouldBe(0);
        missed.After(false, Now.AddSeconds(9)).ShouldBe(new(VmReachability.Failed, Now.AddSeconds(9), Now.AddSeconds(9), 3));
        missed.After(false, Now).After(true, Now).State.ShouldBe(VmReachability.Passed);
    }

    [Fact]
    public void One_that_was_found_running_is_unknown_until_it_answers_or_fails()
    {
        var found = GuestReachability.Found(Now).After(false, Now).After(false, Now);
        found.State.ShouldBe(VmReachability.Unknown);
        found.After(false, Now).State.ShouldBe(VmReachability.Failed);
    }

    [Fact]
    public void A_question_that_cannot_be_asked_says_nothing() =>
        GuestReachability.Booting(Now).After(null, Now.AddHours(1)).State.ShouldBe(VmReachability.Initializing);

    [Fact]
    public void One_that_answers_is_asked_seldom_and_one_that_does_not_often()
    {
        var passed = GuestReachability.Booting(Now).After(true, Now);
        passed.IsDue(Now.AddSeconds(29)).ShouldBeFalse();
        passed.IsDue(Now.AddSeconds(30)).ShouldBeTrue();
        passed.After(false, Now).IsDue(Now.AddSeconds(4)).ShouldBeTrue();
        GuestReachability.Booting(Now).IsDue(Now).ShouldBeTrue();
    }
}
