using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Gateway;
using Nines.Control.Identity;
using Nines.Control.Ids;
using Nines.Control.Secrets;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Wire.Signing;

namespace Nines.Bench;

/// <summary>
/// How many signed requests a second the gateway answers over loopback, load and server on the same processors: the
/// smallest answer (GetCallerIdentity), and pages of DescribeInstances over 1,000 instances, each launched by itself.
/// </summary>
internal static class GatewayBench
{
    private const int Instances = 1000;

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(4);
    private static readonly int[] s_pages = [5, 100, 1000];
    private static readonly int[] s_connections = [1, 8];

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nines-bench-").FullName;
        try
        {
            await using var control = await ControlCloud.CreateAsync(Path.Combine(folder, "store.db"), Instances, cancellationToken);
            await Task.WhenAll(Enumerable.Range(0, Instances).Select(_ => control.RunAsync(1)));
            await RunAsync(output, control, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(TextWriter output, ControlCloud control, CancellationToken cancellationToken)
    {
        await using var store = SqliteStore.OpenInMemory();
        await using var cloud = await Cloud.OpenAsync(store, IdentityTables.All, cancellationToken: cancellationToken);
        using var identity = await IdentityServices.OpenAsync(
            cloud, RandomNumberGenerator.GetBytes(SecretBox.MasterKeyBytes), new IdentityOptions(), TimeProvider.System, cancellationToken);
        var root = identity.Root;
        await using var gateway = new GatewayBuilder
        {
            Options = new GatewayOptions { Port = 0 },
            Keys = identity.Keys,
            Sessions = identity.Sessions,
            Operations = control.Compute.Operations,
            Ids = new RandomIdSource(),
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        }.Build();
        await gateway.StartAsync(cancellationToken);

        await output.WriteLineAsync("gateway over loopback                 conn  requests/s     p50 ms     p99 ms  cpu us/request  bytes/answer  alloc/request".AsMemory(), cancellationToken);
        foreach (var connections in s_connections)
        {
            await ReportAsync(output, "GetCallerIdentity", gateway, Signed(root, gateway, "sts", "Action=GetCallerIdentity&Version=2011-06-15"), connections, cancellationToken);
            foreach (var page in s_pages)
            {
                var body = string.Create(CultureInfo.InvariantCulture, $"Action=DescribeInstances&Version=2016-11-15&MaxResults={page}");
                await ReportAsync(output, $"DescribeInstances, {page} instances", gateway, Signed(root, gateway, "ec2", body), connections, cancellationToken);
            }
        }
    }

    private static async Task ReportAsync(TextWriter output, string what, GatewayServer gateway, byte[] request, int connections, CancellationToken cancellationToken)
    {
        var load = new HttpLoad(new IPEndPoint(IPAddress.Loopback, gateway.Endpoint.Port), request);
        await load.RunAsync(connections, s_round / 4, cancellationToken);
        var result = await load.RunAsync(connections, s_round, cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-36} {connections,5} {result.PerSecond,11:N0} {result.MedianMilliseconds,10:N2} {result.P99Milliseconds,10:N2} {result.CpuMicrosecondsPerRequest,15:N0} {result.BytesPerAnswer,13:N0} {result.AllocatedBytesPerRequest,14:N0}"));
    }

    /// <summary>The bytes of a signed request, as the AWS CLI sends it. One signature serves for five minutes.</summary>
    private static byte[] Signed(RootCredentials root, GatewayServer gateway, string service, string body)
    {
        var now = TimeProvider.System.GetUtcNow();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = gateway.Endpoint.Authority,
            ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8",
            ["X-Amz-Date"] = RequestSigner.DateText(now),
        };
        var request = new SignableRequest("POST", "/", "", new Headers(headers));
        headers["Authorization"] = new RequestSigner(root.Credentials, root.Region, service).Authorization(request, Payload.Hash(Encoding.UTF8.GetBytes(body)), now);
        var text = new StringBuilder("POST / HTTP/1.1\r\n");
        foreach (var (name, value) in headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        text.Append("User-Agent: aws-cli/2.9.19 Python/3.11.2 Linux/6.1 source/x86_64.debian.12 prompt/off command/ec2.describe-instances\r\n");
        text.Append("Accept-Encoding: identity\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n{body}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private sealed class Headers(Dictionary<string, string> headers) : IRequestHeaders
    {
        public IEnumerable<string> Names => headers.Keys;

        public string? Find(string name) => headers.GetValueOrDefault(name);
    }
}
