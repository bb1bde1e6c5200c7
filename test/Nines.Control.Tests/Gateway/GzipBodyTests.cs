using System.IO.Compression;
using System.Net;
using System.Text;
using Nines.Control.Gateway;

namespace Nines.Control.Tests.Gateway;

public sealed class GzipBodyTests(TestGatewayFixture fixture) : IClassFixture<TestGatewayFixture>
{
    private static readonly byte[] s_request = Encoding.UTF8.GetBytes("Action=GetCallerIdentity&Version=2011-06-15");
    private readonly TestGateway _gateway = fixture.Gateway;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    public async Task A_compressed_request_is_answered_and_its_signature_covers_what_was_sent(string encoding)
    {
        var (status, text) = await SendAsync(Compress(s_request), encoding);

        status.ShouldBe(200, text);
        text.ShouldContain("<Account>123456789012</Account>");
    }

    [Fact]
    public async Task A_bomb_is_refused_before_it_takes_its_memory()
    {
        // 64 MiB in 64 kB.
        var (status, text) = await SendAsync(Compress(new byte[64 * 1024 * 1024]));

        status.ShouldBe(413);
        text.ShouldContain("<Code>RequestEntityTooLarge</Code>");
    }

    [Fact]
    public async Task What_is_not_gzip_or_not_whole_is_refused()
    {
        var whole = Compress(s_request);
        byte[] flipped = [.. whole];
        flipped[whole.Length / 2] ^= 0x55;
        byte[] wrongSum = [.. whole];
        wrongSum[^8] ^= 1;
        byte[][] bodies = [s_request, [], [0x1f, 0x8b], whole[..^1], whole[..^9], whole[..12], flipped, wrongSum, [.. whole, 1, 2, 3, 4]];
        foreach (var body in bodies)
        {
            var (status, text) = await SendAsync(body);

            status.ShouldBe(400, Convert.ToHexString(body));
            text.ShouldContain("<Code>MalformedQueryString</Code>");
        }
    }

    [Fact]
    public async Task A_body_that_was_changed_under_way_does_not_pass()
    {
        using var client = _gateway.Client("sts");
        using var request = Request(Compress(s_request), "gzip");
        request.Headers.Add("X-Amz-Content-Sha256", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(s_request)));
        using var response = await client.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public void Inflating_ends_at_the_limit_and_at_the_memory_of_all_bodies()
    {
        var sent = Compress(new byte[1000]);
        GzipBody.Inflate(sent, 1000, _ => true).Body!.Length.ShouldBe(1000);
        GzipBody.Inflate(sent, 999, _ => true).Refusal.ShouldBe(BodyRefusal.TooLarge);
        GzipBody.Inflate(sent, 1000, _ => false).Refusal.ShouldBe(BodyRefusal.NoMemory);

        var taken = 0L;
        GzipBody.Inflate(Compress(new byte[1 << 26]), 1 << 20, bytes => (taken += bytes) > 0).Refusal.ShouldBe(BodyRefusal.TooLarge);
        taken.ShouldBeLessThan(4 << 20);
    }

    private static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }

    private static HttpRequestMessage Request(byte[] body, string encoding)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        request.Content.Headers.ContentEncoding.Add(encoding);
        return request;
    }

    private async Task<(int Status, string Text)> SendAsync(byte[] body, string encoding = "gzip")
    {
        using var client = _gateway.Client("sts");
        using var request = Request(body, encoding);
        using var response = await client.SendAsync(request, Cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }
}
