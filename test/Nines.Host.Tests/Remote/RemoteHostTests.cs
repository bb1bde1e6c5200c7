using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Remote;

namespace Nines.Host.Tests.Remote;

/// <summary>The contract, through a socket.</summary>
public sealed class RemoteHostTests : HostContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("remote").FullName;
    private RemoteHost? _host;
    private HostServer? _server;

    protected override IHost Host => _host!;

    private string SocketPath => Path.Combine(_folder, "host");

    public override async ValueTask InitializeAsync()
    {
        _server = await HostServer.StartAsync(Simulated, SocketPath, NullLoggerFactory.Instance, Cancellation);
        _host = new RemoteHost(SocketPath, TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        _host?.Dispose();
        await _server!.DisposeAsync();
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Only_its_owner_may_use_the_socket() =>
        File.GetUnixFileMode(SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

    [Fact]
    public async Task A_host_that_went_away_and_came_back_is_reached_again()
    {
        await Host.DescribeAsync(Cancellation);
        await _server!.DisposeAsync();
        await Should.ThrowAsync<IOException>(() => Host.DescribeAsync(Cancellation));

        _server = await HostServer.StartAsync(Simulated, SocketPath, NullLoggerFactory.Instance, Cancellation);

        (await Host.DescribeAsync(Cancellation)).Id.ShouldBe("host-1");
    }

    [Theory]
    [InlineData("GET", "/v1/report", 400)]
    [InlineData("GET", "/v1/report?after=x&waitMilliseconds=0", 400)]
    [InlineData("PUT", "/v1/state", 400)]
    [InlineData("GET", "/v2", 404)]
    [InlineData("GET", "/v1/machines/i-1/live-console", 404)]
    public async Task What_is_no_call_is_refused(string method, string path, int status)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(
                    System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
                await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(SocketPath), cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri("http://host" + path));
        if (method == "PUT")
        {
            request.Content = new StringContent("{\"generation\": \"one\"}");
        }

        using var response = await client.SendAsync(request, Cancellation);

        ((int)response.StatusCode).ShouldBe(status);
    }
}
