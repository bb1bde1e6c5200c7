using System.Diagnostics;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Processes;

public sealed class ProcessTableTests
{
    [Fact]
    public void A_process_is_found_and_ended()
    {
        using var process = Process.Start("sleep", "300");
        var found = ProcessTable.Find(process.Id);
        found.ShouldNotBeNull();
        ProcessTable.ArgumentsOf(process.Id).ShouldBe(["sleep", "300"]);

        ProcessTable.Kill(found);

        process.WaitForExit(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        ProcessTable.IsAlive(found).ShouldBeFalse();
        ProcessTable.ArgumentsOf(process.Id).ShouldBeEmpty();
    }

    [Fact]
    public void A_process_that_got_an_old_number_is_not_taken_for_the_old_one()
    {
        using var process = Process.Start("sleep", "300");
        var old = ProcessTable.Find(process.Id)! with { StartTicks = 1 };

        ProcessTable.IsAlive(old).ShouldBeFalse();
        ProcessTable.Kill(old);

        process.HasExited.ShouldBeFalse();
        process.Kill();
    }
}
