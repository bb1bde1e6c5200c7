using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Processes;

public sealed class HostCommandsTests
{
    private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);

    [Fact]
    public async Task Arguments_arrive_as_they_were_given()
    {
        string[] words = ["a b", "", "'$HOME'", "\"x\"", "*", "ü\n"];

        var result = await _commands.RunAsync(new("printf", ["%s|", .. words]), TestContext.Current.CancellationToken);

        result.Output.ShouldBe(string.Concat(words.Select(word => word + "|")));
    }

    [Fact]
    public async Task Standard_input_is_written_and_closed()
    {
        var result = await _commands.RunAsync(new("cat") { StandardInput = "one\ntwo" }, TestContext.Current.CancellationToken);

        result.Output.ShouldBe("one\ntwo");
    }

    [Fact]
    public async Task A_program_that_does_not_read_a_large_input_is_no_error()
    {
        var command = new HostCommand("true") { StandardInput = new string('x', 1 << 20) };

        (await _commands.RunAsync(command, TestContext.Current.CancellationToken)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_failure_names_program_arguments_code_and_last_error_lines()
    {
        var command = new HostCommand("sh", "-c", "for i in $(seq 20); do echo line $i >&2; done; exit 3");

        var failure = await Should.ThrowAsync<HostCommandException>(() => _commands.RunAsync(command, TestContext.Current.CancellationToken));

        failure.Program.ShouldBe("sh");
        failure.Arguments.ShouldBe(command.Arguments);
        failure.ExitCode.ShouldBe(3);
        failure.LastErrorLines.ShouldBe(Enumerable.Range(11, 10).Select(number => $"line {number}"));
    }

    [Fact]
    public async Task An_accepted_exit_code_is_no_failure()
    {
        var command = new HostCommand("sh", "-c", "exit 7") { AcceptedExitCodes = [0, 7] };

        (await _commands.RunAsync(command, TestContext.Current.CancellationToken)).ExitCode.ShouldBe(7);
    }

    [Fact]
    public async Task A_missing_program_is_reported_by_name()
    {
        var failure = await Should.ThrowAsync<HostCommandException>(
            () => _commands.RunAsync(new("no-such-program"), TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("no-such-program: cannot be started");
        failure.ExitCode.ShouldBeNull();
    }

    [Fact]
    public async Task A_program_that_takes_too_long_is_ended_with_its_children()
    {
        var lines = new ConcurrentQueue<string>();
        var command = new HostCommand("sh", "-c", "sleep 300 & echo $!; wait")
        {
            Timeout = TimeSpan.FromMilliseconds(300),
            OnLine = lines.Enqueue,
        };

        var failure = await Should.ThrowAsync<HostCommandException>(() => _commands.RunAsync(command, TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("still running after 0.3 s");
        lines.TryDequeue(out var pid).ShouldBeTrue();
        var deadline = Stopwatch.StartNew();
        while (Directory.Exists($"/proc/{pid}") && deadline.Elapsed < TimeSpan.FromSeconds(5))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Directory.Exists($"/proc/{pid}").ShouldBeFalse();
    }

    [Fact]
    public async Task A_cancelled_program_is_ended()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => _commands.RunAsync(new("sleep", "300"), cancellation.Token));
    }

    [Fact]
    public async Task Output_is_bounded_and_its_end_is_kept()
    {
        var command = new HostCommand("sh", "-c", "seq 100000; echo end") { MaxOutputCharacters = 1000 };

        var result = await _commands.RunAsync(command, TestContext.Current.CancellationToken);

        result.Output.Length.ShouldBe(1000);
        result.Output.ShouldEndWith("100000\nend\n");
    }

    [Fact]
    public async Task Lines_are_handed_out_at_newlines_and_carriage_returns()
    {
        var lines = new ConcurrentQueue<string>();
        var command = new HostCommand("printf", @"10%%\r20%%\rdone\nlast") { OnLine = lines.Enqueue };

        await _commands.RunAsync(command, TestContext.Current.CancellationToken);

        lines.ShouldBe(["10%", "20%", "done", "last"]);
    }

    [Fact]
    public async Task A_child_left_behind_that_holds_the_streams_does_not_block()
    {
        var elapsed = Stopwatch.StartNew();

        var result = await _commands.RunAsync(new("sh", "-c", "sleep 20 & echo $!"), TestContext.Current.CancellationToken);

        elapsed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        using var left = Process.GetProcessById(int.Parse(result.Output.Trim(), System.Globalization.CultureInfo.InvariantCulture));
        left.Kill();
    }

    [Fact]
    public void A_command_reads_as_one_would_type_it() =>
        new HostCommand("ip", "link", "a b", "it's").ToString().ShouldBe(@"ip link 'a b' 'it'\''s'");
}
