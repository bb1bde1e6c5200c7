using System.Net;
using System.Net.Sockets;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Tests.Gateway;

public sealed class GatewayServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_needs_no_signature_and_tells_the_version()
    {
        await using var gateway = await TestGateway.StartAsync(Cancel);

        (await gateway.Plain.GetStringAsync("/_nines/health", Cancel)).ShouldBe("""{"status":"ok","version":"1.2.3"}""");
    }

    [Fact]
    public async Task Nothing_else_beside_it_is_open()
    {
        await using var gateway = await TestGateway.StartAsync(Cancel);

        foreach (var path in new[] { "/", "/_nines/health/", "/_nines/health/../x", "/_nines", "/x?y=z", "/_nines/healthx" })
        {
            using var response = await gateway.Plain.GetAsync(path, Cancel);
            ((int)response.StatusCode).ShouldBeInRange(400, 403, path);
        }
    }

    [Fact]
    public async Task An_operation_that_AWS_has_and_Nines_lacks_says_so_and_one_that_AWS_lacks_is_invalid()
    {
        await using var gateway = await TestGateway.StartAsync(Cancel);
        using var client = gateway.Client("sts");

        using var lacking = await client.SendAsync(GatewayRequests.Sts("AssumeRoleWithSAML"), Cancel);
        ((int)lacking.StatusCode).ShouldBe(400);
        (await lacking.Content.ReadAsStringAsync(Cancel)).ShouldContain("AssumeRoleWithSAML");

        using var unknown = await client.SendAsync(GatewayRequests.Sts("NoSuchThing"), Cancel);
        ((int)unknown.StatusCode).ShouldBe(400);
        (await unknown.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>InvalidAction</Code>");
    }

    [Fact]
    public async Task A_fault_is_an_internal_error_with_the_requests_id_and_no_word_of_its_cause()
    {
        using var log = new ListLoggerFactory();
        var fault = new InvalidOperationException("the secret cause");
        await using var gateway = await TestGateway.StartAsync(Cancel, [new Ec2Regions(_ => throw fault)], loggers: log);
        using var client = gateway.Client("ec2");

        using var response = await client.SendAsync(GatewayRequests.For(Nines.Api.Ec2.Ec2Api.DescribeRegions), Cancel);
        var body = await response.Content.ReadAsStringAsync(Cancel);
        var id = response.Headers.GetValues("x-amzn-RequestId").Single();

        ((int)response.StatusCode).ShouldBe(500);
        body.ShouldContain("<Code>InternalError</Code>");
        body.ShouldContain(id);
        body.ShouldNotContain("secret cause");
        log.Entries.Count(entry => entry.Exception == fault).ShouldBe(1);
        log.Entries.Single(entry => entry.Exception == fault).Message.ShouldContain(id);
    }

    [Fact]
    public async Task A_full_store_is_unavailable_and_not_a_fault()
    {
        await using var gateway = await TestGateway.StartAsync(Cancel, [new Ec2Regions(_ => throw new StoreFullException("full"))]);
        using var client = gateway.Client("ec2");

        using var response = await client.SendAsync(GatewayRequests.For(Nines.Api.Ec2.Ec2Api.DescribeRegions), Cancel);

        ((int)response.StatusCode).ShouldBe(503);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>Unavailable</Code>");
    }

    [Fact]
    public async Task A_dry_run_is_answered_before_the_method()
    {
        var called = false;
        await using var gateway = await TestGateway.StartAsync(Cancel, [new Ec2Regions(_ => called = true)]);
        using var client = gateway.Client("ec2");

        using var response = await client.SendAsync(
            GatewayRequests.Form(("Action", "DescribeRegions"), ("Version", "2016-11-15"), ("DryRun", "true")), Cancel);

        ((int)response.StatusCode).ShouldBe(412);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>DryRunOperation</Code>");
        called.ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_that_hangs_up_cancels_what_it_asked_for()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var gateway = await TestGateway.StartAsync(Cancel, [new Ec2Regions(token =>
        {
            token.Register(cancelled.SetResult);
            started.SetResult();
            token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
        })]);
        using var client = gateway.Client("ec2");
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var request = client.SendAsync(GatewayRequests.For(Nines.Api.Ec2.Ec2Api.DescribeRegions), hangUp.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await hangUp.CancelAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await Should.ThrowAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task Requests_under_way_are_answered_when_the_gateway_stops()
    {
        var started = new TaskCompletionSource();
        using var go = new ManualResetEventSlim();
        await using var gateway = await TestGateway.StartAsync(Cancel, [new Ec2Regions(_ =>
        {
            started.SetResult();
            go.Wait(TimeSpan.FromSeconds(30), Cancel);
        })]);
        using var client = gateway.Client("ec2");

        var request = client.SendAsync(GatewayRequests.For(Nines.Api.Ec2.Ec2Api.DescribeRegions), Cancel);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var stopping = gateway.Server.StopAsync(Cancel);
        stopping.IsCompleted.ShouldBeFalse();
        go.Set();

        (await request).StatusCode.ShouldBe(HttpStatusCode.OK);
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await Should.ThrowAsync<HttpRequestException>(() => gateway.Plain.GetAsync("/_nines/health", Cancel));
    }

    [Fact]
    public async Task More_requests_than_allowed_are_told_to_come_again()
    {
        var started = new TaskCompletionSource();
        using var go = new ManualResetEventSlim();
        await using var gateway = await TestGateway.StartAsync(
            Cancel,
            [new Ec2Regions(_ =>
            {
                started.TrySetResult();
                go.Wait(TimeSpan.FromSeconds(30), Cancel);
            })],
            limits: new GatewayLimits { Requests = 1 });
        using var client = gateway.Client("ec2");

        var first = client.SendAsync(GatewayRequests.For(Nines.Api.Ec2.Ec2Api.DescribeRegions), Cancel);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        using var second = await client.SendAsync(GatewayRequests.For(Nines.Api.Ec2.Ec2Api.DescribeRegions), Cancel);
        go.Set();

        ((int)second.StatusCode).ShouldBe(503);
        (await second.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>RequestLimitExceeded</Code>");
        (await first).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.SendAsync(GatewayRequests.For(Nines.Api.Ec2.Ec2Api.DescribeRegions), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Bodies_share_one_allowance_of_memory_and_give_it_back()
    {
        await using var gateway = await TestGateway.StartAsync(Cancel, limits: new GatewayLimits { AllBodiesBytes = 100 });
        using var client = gateway.Client("sts");

        for (var round = 0; round < 3; round++)
        {
            using var large = await client.SendAsync(
                GatewayRequests.Form(("Action", "GetCallerIdentity"), ("Version", "2011-06-15"), ("Padding", new string('a', 200))), Cancel);
            ((int)large.StatusCode).ShouldBe(400);
            (await large.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>Throttling</Code>");

            // What a request held is given back when it is over, which is a moment after its answer.
            var smallest = HttpStatusCode.BadRequest;
            for (var attempt = 0; attempt < 100 && smallest != HttpStatusCode.OK; attempt++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(attempt), Cancel);
                using var small = await client.SendAsync(GatewayRequests.Sts("GetCallerIdentity"), Cancel);
                smallest = small.StatusCode;
            }

            smallest.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_service_may_take_larger_bodies_than_others()
    {
        await using var gateway = await TestGateway.StartAsync(
            Cancel, limits: new GatewayLimits { BodyBytes = 100, BodyBytesByService = new Dictionary<string, int> { ["sts"] = 1000 } });
        var padded = new Func<HttpRequestMessage>(() => GatewayRequests.Form(("Action", "GetCallerIdentity"), ("Version", "2011-06-15"), ("Padding", new string('a', 200))));
        using var sts = gateway.Client("sts");
        using var ec2 = gateway.Client("ec2");

        (await sts.SendAsync(padded(), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ec2.SendAsync(padded(), Cancel)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Every_answer_is_measured_under_the_name_of_its_operation()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "nines.gateway.request.duration")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => seen.Add(string.Join(' ', tags.ToArray().Select(tag => tag.Value))));
        listener.Start();
        await using var gateway = await TestGateway.StartAsync(Cancel);
        using var client = gateway.Client("sts");

        await client.SendAsync(GatewayRequests.Sts("GetCallerIdentity"), Cancel);
        await client.SendAsync(GatewayRequests.Sts("NoSuchThing"), Cancel);

        // A measurement follows the last byte of the answer, which the client may have before.
        SpinWait.SpinUntil(() => seen.Contains("sts:- 400 InvalidAction"), TimeSpan.FromSeconds(10)).ShouldBeTrue();
        seen.ShouldContain("sts:GetCallerIdentity 200 ");
        seen.ShouldNotContain(entry => entry.Contains("NoSuchThing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var gateway = await TestGateway.StartAsync(Cancel);
        var refused = await Should.ThrowAsync<PortTakenException>(() => gateway.StartAnotherAsync(port, Cancel));

        refused.Message.ShouldContain($"127.0.0.1:{port}");
    }

    /// <summary>EC2's DescribeRegions, with something to do before it answers nothing.</summary>
    private sealed class Ec2Regions(Action<CancellationToken> act) : IOperations
    {
        public void Map(OperationTable table) => table.On(Nines.Api.Ec2.Ec2Api.DescribeRegions, async (_, _, cancellationToken) =>
        {
            await Task.Run(() => act(cancellationToken), CancellationToken.None);
            return new Nines.Api.Ec2.DescribeRegionsResult();
        });
    }
}
