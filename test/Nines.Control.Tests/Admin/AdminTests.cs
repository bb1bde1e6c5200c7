using System.Collections.Concurrent;
using System.Text;
using Nines.Control.Admin;
using Nines.Control.Audit;
using Nines.Control.Tests.Gateway;
using Nines.Wire;

namespace Nines.Control.Tests.Admin;

public sealed class AdminTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_tells_what_the_parts_know_and_what_the_gateway_knows()
    {
        var host = new HostStatus("host-1", "us-east-1a", "up", "simulated", 4, 8192, 2);
        await using var gateway = await StartAsync(new AdminOperations
        {
            Status = _ => Task.FromResult(new StatusResult { Hosts = [host], Counts = new Dictionary<string, int> { ["volumes"] = 3 } }),
        });
        using var client = Client(gateway);

        var status = await client.StatusAsync(Cancel);

        status.Version.ShouldBe("1.2.3");
        status.AccountId.ShouldBe("123456789012");
        status.Region.ShouldBe("us-east-1");
        status.StartedAt.ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        status.Hosts.ShouldBe([host]);
        status.Counts["volumes"].ShouldBe(3);
    }

    [Fact]
    public async Task Usage_is_asked_and_told_as_it_is()
    {
        UsageRequest? asked = null;
        var server = new ServerUsage("i-1", "t3.micro", "running", "host-1", 2, 1024) { FastLaunched = true, ProcessorSeconds = 1.5, OwnBytes = 30 << 20, SharedBytes = 5 };
        var host = new HostLoad("host-1", 4, 8192, 2, 1024, 256, 7168) { MeasuredAt = DateTimeOffset.UnixEpoch, AvailableBytes = 1L << 32, KeptGuests = 1, KeptMemoryBytes = 7, KeptDiskBytes = 8 };
        await using var gateway = await StartAsync(new AdminOperations
        {
            Usage = (request, _) =>
            {
                asked = request;
                return Task.FromResult(new UsageResult([server], [host]));
            },
        });
        using var client = Client(gateway);

        var told = await client.UsageAsync(new UsageRequest(["i-1"], Measure: true), Cancel);

        told.Servers.ShouldBe([server]);
        told.Hosts.ShouldBe([host]);
        asked!.InstanceIds.ShouldBe(["i-1"]);
        asked.Measure.ShouldBeTrue();
    }

    [Fact]
    public async Task Reset_is_for_the_account_of_the_caller()
    {
        var done = new ConcurrentQueue<string>();
        await using var gateway = await StartAsync(new AdminOperations
        {
            Reset = (call, _) =>
            {
                done.Enqueue($"{call.Origin.Action} {call.AccountId} {call.Origin.Address}");
                return Task.CompletedTask;
            },
        });
        using var client = Client(gateway);

        await client.ResetAsync(Cancel);

        done.ShouldBe(["nines:Reset 123456789012 127.0.0.1"]);
    }

    [Fact]
    public async Task Console_output_and_audit_come_back_as_they_are()
    {
        var line = new AuditLine
        {
            Time = DateTimeOffset.UnixEpoch,
            RequestId = "r-1",
            Action = "ec2:RunInstances",
            AccountId = "123456789012",
            PrincipalArn = "arn:aws:iam::123456789012:root",
            AccessKeyId = "AKIA",
            Region = "us-east-1",
            Resources = ["i-0123456789abcdef0"],
            ResourceCount = 1,
        };
        await using var gateway = await StartAsync(new AdminOperations
        {
            Consoles = new EchoConsole(),
            Audit = (count, _) => Task.FromResult<IReadOnlyList<AuditLine>>([.. Enumerable.Repeat(line, count)]),
        });
        using var client = Client(gateway);

        (await client.ReadConsoleAsync("i-1", 3, Cancel)).ShouldBe([0, 255, 3]);
        var lines = await client.ReadAuditAsync(2, Cancel);
        lines.Count.ShouldBe(2);
        lines[1].ShouldBe(line with { Resources = lines[1].Resources });
        lines[1].Resources.ShouldBe(line.Resources);
    }

    [Fact]
    public async Task A_console_is_live_both_ways_and_ends_with_the_guest()
    {
        var console = new EchoConsole();
        await using var gateway = await StartAsync(new AdminOperations { Consoles = console });
        using var client = Client(gateway);
        await using var stream = await client.OpenConsoleAsync("i-1", Cancel);

        for (var round = 0; round < 3; round++)
        {
            var line = Encoding.UTF8.GetBytes($"hello {round} \0\u00ff\n");
            await stream.WriteAsync(line, Cancel);
            var back = new byte[line.Length];
            await stream.ReadExactlyAsync(back, Cancel);
            back.ShouldBe(line);
        }

        console.End();
        (await stream.ReadAsync(new byte[1], Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task A_console_that_is_open_does_not_keep_the_gateway_from_stopping()
    {
        await using var gateway = await StartAsync(new AdminOperations { Consoles = new EchoConsole() });
        using var client = Client(gateway);
        await using var stream = await client.OpenConsoleAsync("i-1", Cancel);

        await gateway.Server.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(8), Cancel);
    }

    [Fact]
    public async Task An_unknown_instance_has_no_console()
    {
        await using var gateway = await StartAsync(new AdminOperations { Consoles = new EchoConsole() });
        using var client = Client(gateway);

        (await Should.ThrowAsync<AwsException>(() => client.OpenConsoleAsync("i-2", Cancel))).Code.ShouldBe("InvalidInstanceID.NotFound");
        (await Should.ThrowAsync<AwsException>(() => client.ReadConsoleAsync("i-2", null, Cancel))).Code.ShouldBe("InvalidInstanceID.NotFound");
    }

    [Fact]
    public async Task What_a_cloud_lacks_and_what_nobody_has_are_errors_and_not_faults()
    {
        await using var gateway = await StartAsync(new AdminOperations());
        using var client = Client(gateway);
        (await Should.ThrowAsync<AwsException>(() => client.ReadAuditAsync(1, Cancel))).Code.ShouldBe("UnsupportedOperationException");

        using var signed = gateway.Client(AdminEndpoint.SigningName);
        foreach (var (target, body, code) in new[] { ("Nothing", "{}", "UnknownOperationException"), ("Audit", "{", "SerializationException"), ("ReadConsole", "null", "SerializationException"), ("ReadConsole", "{}", "ValidationException"), ("OpenConsole", "{}", "ValidationException") })
        {
            using var response = await signed.SendAsync(GatewayRequests.Admin(target, body), Cancel);
            ((int)response.StatusCode).ShouldBe(400);
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain($"\"{code}\"", customMessage: target);
        }
    }

    [Fact]
    public async Task What_reaches_beyond_an_account_is_for_the_operator_alone()
    {
        var resets = 0;
        await using var gateway = await StartAsync(new AdminOperations
        {
            OperatorAccountId = "210987654321",
            ListAccounts = () => new AccountsResult([]),
            Reset = (_, _) => Task.FromResult(resets++),
        });
        using var client = Client(gateway);

        foreach (var beyond in new Func<Task>[]
        {
            () => client.StatusAsync(Cancel), () => client.ReadAuditAsync(1, Cancel), () => client.UsageAsync(new UsageRequest(null, Measure: false), Cancel),
            () => client.ListAccountsAsync(Cancel), () => client.CreateAccountAsync(new AccountRequest("another"), Cancel), () => client.RefreshImagesAsync(Cancel),
        })
        {
            (await Should.ThrowAsync<AwsException>(beyond)).Code.ShouldBe("AccessDeniedException");
        }

        await client.ResetAsync(Cancel);
        resets.ShouldBe(1, "an account is its own root's to empty");
    }

    private static Task<TestGateway> StartAsync(AdminOperations admin) => TestGateway.StartAsync(Cancel, admin: admin);

    private static AdminClient Client(TestGateway gateway) => new(gateway.Endpoint, gateway.Root, TimeProvider.System);
}
