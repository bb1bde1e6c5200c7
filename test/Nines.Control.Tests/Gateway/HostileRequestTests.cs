using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Nines.Control.Gateway;

namespace Nines.Control.Tests.Gateway;

/// <summary>What nobody sends who means well: refused with a 4xx, quickly, and with bounded memory.</summary>
public sealed class HostileRequestTests(TestGatewayFixture fixture) : IClassFixture<TestGatewayFixture>
{
    private readonly TestGateway _gateway = fixture.Gateway;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_of_100_MB_is_refused_before_it_is_sent()
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 104857600\r\n\r\nAction=");

        var answer = await ReceiveAsync(socket);

        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("<Code>RequestEntityTooLarge</Code>");
    }

    [Fact]
    public async Task Many_bodies_without_end_take_little_memory()
    {
        // Chunked, so that no length gives them away; each is cut off at the limit.
        var chunk = $"10000\r\n{new string('a', 0x10000)}\r\n";
        var before = Process.GetCurrentProcess().WorkingSet64;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var socket = await ConnectAsync();
            await SendAsync(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n");
            try
            {
                for (var index = 0; index < 1600; index++)
                {
                    await SendAsync(socket, chunk);
                }
            }
            catch (SocketException)
            {
                // The gateway has answered and closed; what was sent after that is not read.
            }
        }));

        var grown = Process.GetCurrentProcess().WorkingSet64 - before;
        grown.ShouldBeLessThan(200L * 1024 * 1024);
        (await _gateway.Plain.GetAsync(GatewayApplication.HealthPath, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ten_thousand_parameters_are_refused()
    {
        using var client = _gateway.Client("ec2");
        var form = string.Join('&', Enumerable.Range(1, 10_000).Select(number => $"Filter.{number}.Name=a")) + "&Action=DescribeInstances&Version=2016-11-15";

        await RefusedAsync(client, form, "application/x-www-form-urlencoded");
    }

    [Fact]
    public async Task Deep_names_are_refused()
    {
        using var client = _gateway.Client("sts");

        await RefusedAsync(client, $"Action=GetCallerIdentity&Version=2011-06-15&{string.Join('.', Enumerable.Repeat("a", 500))}=1", "application/x-www-form-urlencoded");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        using var client = _gateway.Client("ec2");

        await RefusedAsync(client, "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=%ff%fe", "application/x-www-form-urlencoded");
    }

    [Theory]
    [InlineData("[[[[[[[[[[")]
    [InlineData("{\"a\":")]
    public async Task Deep_or_broken_JSON_is_refused(string unit)
    {
        using var client = _gateway.Client("nines");
        using var request = GatewayRequests.Admin("Audit", string.Concat(Enumerable.Repeat(unit, 20_000)));
        using var response = await client.SendAsync(request, Cancel);

        ((int)response.StatusCode).ShouldBe(400);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n")]
    public async Task Broken_HTTP_is_a_400(string request)
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, request);

        (await ReceiveAsync(socket)).ShouldStartWith("HTTP/1.1 400");
    }

    [Fact]
    public async Task A_line_or_headers_that_are_too_long_are_refused()
    {
        using var line = await ConnectAsync();
        await SendAsync(line, $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n");
        (await ReceiveAsync(line)).ShouldStartWith("HTTP/1.1 414");

        using var headers = await ConnectAsync();
        await SendAsync(headers, $"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('a', 40_000)}\r\n\r\n");
        (await ReceiveAsync(headers)).ShouldStartWith("HTTP/1.1 431");
    }

    [Theory]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://x/_nines/other HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;;;, Signature=\r\nX-Amz-Date: 20260101T000000Z\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%2F%2F%2F%2F HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: .\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: Nines.\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /service//operation/ HTTP/1.1\r\nHost: x\r\nSmithy-Protocol: rpc-v2-cbor\r\nContent-Length: 1\r\n\r\n\u007f")]
    public async Task Odd_requests_are_refused_and_break_nothing(string request)
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, request);

        (await ReceiveAsync(socket)).ShouldStartWith("HTTP/1.1 4");
    }

    [Fact]
    public async Task A_client_that_never_ends_its_headers_is_cut_off()
    {
        await using var gateway = await TestGateway.StartAsync(Cancel, limits: new GatewayLimits { HeadersTimeout = TimeSpan.FromSeconds(1) });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Endpoint.Port, Cancel);
        await SendAsync(socket, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");

        (await ReceiveAsync(socket)).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task A_name_that_only_the_client_gave_is_not_logged()
    {
        using var log = new ListLoggerFactory();
        await using var gateway = await TestGateway.StartAsync(Cancel, loggers: log);
        using var client = gateway.Client("sts");
        await client.SendAsync(GatewayRequests.Sts("Evil\nline"), Cancel);
        await client.SendAsync(GatewayRequests.Admin("Evil"), Cancel);

        log.Entries.ShouldNotContain(entry => entry.Message.Contains("Evil", StringComparison.Ordinal));
        log.Entries.ShouldContain(entry => entry.Message.StartsWith("sts:- 400", StringComparison.Ordinal));
    }

    private static async Task RefusedAsync(HttpClient client, string body, string contentType)
    {
        var watch = Stopwatch.StartNew();
        using var response = await client.PostAsync("/", new StringContent(body, null, contentType), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        ((int)response.StatusCode).ShouldBe(400, text);
        text.ShouldContain("<Code>MalformedQueryString</Code>");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _gateway.Endpoint.Port, Cancel);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text), Cancel);

    /// <summary>All that is answered until the server closes or a whole answer has come.</summary>
    private static async Task<string> ReceiveAsync(Socket socket)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsWhole(answer.ToString()) && await socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var length)
        {
            answer.Append(Encoding.UTF8.GetString(buffer, 0, length));
        }

        return answer.ToString();
    }

    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var length = answer.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))?[16..];
        return end >= 0 && length is not null && Encoding.UTF8.GetByteCount(answer) >= end + 4 + int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
    }
}
