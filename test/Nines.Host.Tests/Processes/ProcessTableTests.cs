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

    [Fact]
    public async Task A_process_is_there_until_its_last_thread_has_ended()
    {
        const string FirstThreadEnds = "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(300,)).start(); ctypes.CDLL(None).pthread_exit(None)";
        using var process = Process.Start("python3", ["-c", FirstThreadEnds]);
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (!(await File.ReadAllTextAsync($"/proc/{process.Id}/stat", TestContext.Current.CancellationToken)).Contains(") Z ", StringComparison.Ordinal))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("the first thread did not end");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        var found = ProcessTable.Find(process.Id).ShouldNotBeNull();

        ProcessTable.Kill(found);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        ProcessTable.IsAlive(found).ShouldBeFalse();
    }
}
