using System.Collections.Concurrent;
using System.Net.Sockets;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Tests.Vms.Qmp;

public sealed class QmpClientTests
{
    private const string Nothing = "\"return\": {}";
    private readonly ConcurrentQueue<string> _events = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_is_sent_with_its_arguments_and_its_result_is_read()
    {
        await using var monitor = new FakeMonitor(
            name => name == "query-status" ? """ "return": {"status": "io-error", "running": false, "singlestep": false} """ : Nothing);
        await using var client = await ConnectAsync(monitor);

        (await client.QueryStatusAsync(Cancellation)).ShouldBe(new StatusInfo("io-error", false));
        await client.ScreendumpAsync("/run/a \"b\".png", Cancellation);

        monitor.Received.ShouldBe(
        [
            """{"execute":"qmp_capabilities","id":1,"arguments":{}}""",
            """{"execute":"query-status","id":2,"arguments":{}}""",
            """{"execute":"screendump","id":3,"arguments":{"filename":"/run/a \u0022b\u0022.png","format":"png"}}""",
        ]);
    }

    [Fact]
    public async Task A_refusal_is_reported_with_the_hypervisors_words()
    {
        await using var monitor = new FakeMonitor(
            name => name == "cont" ? """ "error": {"class": "GenericError", "desc": "Resetting the VM is required"} """ : Nothing);
        await using var client = await ConnectAsync(monitor);

        var failure = await Should.ThrowAsync<QmpException>(() => client.ContinueAsync(Cancellation));

        failure.Message.ShouldBe("cont: Resetting the VM is required");
        await client.PressPowerButtonAsync(Cancellation);
    }

    [Fact]
    public async Task A_monitor_that_does_not_answer_ends_by_the_time_out()
    {
        await using var monitor = new FakeMonitor(name => name == "system_reset" ? null : Nothing);
        await using var client = await ConnectAsync(monitor, TimeSpan.FromMilliseconds(200));

        var failure = await Should.ThrowAsync<QmpException>(() => client.ResetAsync(Cancellation));

        failure.Message.ShouldContain("no answer within 0.2 s");
        await client.PressPowerButtonAsync(Cancellation);
    }

    [Fact]
    public async Task Commands_at_the_same_time_get_their_own_results()
    {
        await using var monitor = new FakeMonitor(_ => """ "return": {"status": "running", "running": true} """);
        await using var client = await ConnectAsync(monitor);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.QueryStatusAsync(Cancellation)));

        results.ShouldAllBe(result => result.Running);
    }

    [Fact]
    public async Task Events_are_handed_out_and_the_end_of_the_process_is_seen()
    {
        await using var monitor = new FakeMonitor(name => name == "system_reset" ? null : Nothing);
        await using var client = await ConnectAsync(monitor);
        var waiting = client.ResetAsync(Cancellation);
        await monitor.SendAsync("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}}""");

        while (_events.IsEmpty)
        {
            await Task.Delay(5, Cancellation);
        }

        monitor.Hangup();
        await client.Closed.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        _events.ShouldBe([QmpEvent.Shutdown]);
        (await Should.ThrowAsync<QmpException>(() => waiting)).Message.ShouldBe("system_reset: the connection has ended");
        await Should.ThrowAsync<QmpException>(() => client.ContinueAsync(Cancellation));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2")]
    [InlineData("{}")]
    public async Task What_is_no_monitor_is_refused(string greeting)
    {
        await using var monitor = new FakeMonitor(_ => Nothing, greeting);

        await Should.ThrowAsync<QmpException>(() => ConnectAsync(monitor, TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_refused() =>
        await Should.ThrowAsync<SocketException>(
            () => QmpClient.ConnectAsync("/tmp/no-such-socket", TimeSpan.FromSeconds(1), TimeProvider.System, _ => { }, Cancellation));

    private Task<QmpClient> ConnectAsync(FakeMonitor monitor, TimeSpan? timeout = null) => QmpClient.ConnectAsync(
        monitor.SocketPath, timeout ?? TimeSpan.FromSeconds(10), TimeProvider.System, happened => _events.Enqueue(happened.Name), Cancellation);
}
