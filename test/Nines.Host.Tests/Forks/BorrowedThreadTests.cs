using Nines.Host.Forks;

namespace Nines.Host.Tests.Forks;

public sealed class BorrowedThreadTests
{
    private const int CallClose = 3;
    private const int CallGetPid = 39;

    [Fact]
    public async Task A_process_that_sleeps_makes_a_call_and_sleeps_on()
    {
        Assert.SkipUnless(FrozenProcess.IsSupported, "another processor");
        using var process = await SleepingAsync();
        using var tracer = new Tracer();

        (await CallAsync(tracer, process.Pid, CallGetPid)).ShouldBe(process.Pid);

        await process.Input.WriteLineAsync("awake");
        (await process.Output.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("awake");
        await process.EndAsync();
    }

    [Fact]
    public async Task A_process_that_works_works_on_wherever_it_was()
    {
        Assert.SkipUnless(FrozenProcess.IsSupported, "another processor");
        var file = Path.GetTempFileName();
        using var process = await TracedProcess.StartAsync($"i=0; while [ -e '{file}' ]; do i=$((i+1)); done; echo over");
        using var tracer = new Tracer();
        for (var time = 0; time < 100; time++)
        {
            (await CallAsync(tracer, process.Pid, CallGetPid)).ShouldBe(process.Pid);
        }

        File.Delete(file);
        (await process.Output.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("over");
        await process.EndAsync();
    }

    [Fact]
    public async Task A_call_that_fails_says_so_and_the_process_goes_on()
    {
        Assert.SkipUnless(FrozenProcess.IsSupported, "another processor");
        using var process = await SleepingAsync();
        using var tracer = new Tracer();

        (await Should.ThrowAsync<IOException>(() => CallAsync(tracer, process.Pid, CallClose, 12345))).Message.ShouldContain("error 9");

        await process.EndAsync();
    }

    [Fact]
    public async Task A_process_that_is_gone_is_not_borrowed()
    {
        Assert.SkipUnless(FrozenProcess.IsSupported, "another processor");
        using var process = await TracedProcess.StartAsync("true");
        await process.EndAsync();
        using var tracer = new Tracer();

        await Should.ThrowAsync<IOException>(() => CallAsync(tracer, process.Pid, CallGetPid));
    }

    /// <summary>It has said a word, and waits for the next.</summary>
    private static async Task<TracedProcess> SleepingAsync()
    {
        var process = await TracedProcess.StartAsync("exec cat");
        await process.Input.WriteLineAsync("here");
        (await process.Output.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("here");
        return process;
    }

    private static Task<long> CallAsync(Tracer tracer, int pid, int number, ulong argument = 0) => tracer.RunAsync(() =>
    {
        using var thread = BorrowedThread.Borrow(pid);
        return thread.Call(number, argument);
    });
}
