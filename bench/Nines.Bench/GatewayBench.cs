using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
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
/// smallest answer (GetCallerIdentity), and a page of DescribeInstances whose records lie ready, as the view of instances keeps them.
/// </summary>
internal static class GatewayBench
{
    private const string AccountId = "123456789012";

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(4);
    private static readonly int[] s_pages = [1, 100, 1000];
    private static readonly int[] s_connections = [1, 8];

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var store = SqliteStore.OpenInMemory();
        await using var cloud = await Cloud.OpenAsync(store, IdentityServices.Tables, cancellationToken: cancellationToken);
        using var identity = await IdentityServices.OpenAsync(
            cloud, RandomNumberGenerator.GetBytes(SecretBox.MasterKeyBytes), new IdentityOptions(), TimeProvider.System, cancellationToken);
        var root = identity.Root;
        var instances = new Page();
        await using var gateway = new GatewayBuilder
        {
            Options = new GatewayOptions { Port = 0 },
            Keys = identity.Keys,
            Sessions = identity.Sessions,
            Operations = [instances],
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
                instances.Size = page;
                await ReportAsync(output, $"DescribeInstances, {page} instances", gateway, Signed(root, gateway, "ec2", "Action=DescribeInstances&Version=2016-11-15"), connections, cancellationToken);
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

    /// <summary>DescribeInstances over records that lie ready.</summary>
    private sealed class Page : IOperations
    {
        private DescribeInstancesResult _result = new();

        public int Size
        {
            set => _result = new DescribeInstancesResult
            {
                Reservations = new ReadyReservations(
                    [.. Enumerable.Range(0, value).Select(index => new Reservation { ReservationId = $"r-{index:x17}", OwnerId = AccountId, Instances = [Instance(index)] })]),
            };
        }

        public void Map(OperationTable table) => table.On(Ec2Api.DescribeInstances, (_, _, _) => ValueTask.FromResult(_result));

        private static Instance Instance(int index) => new()
        {
            InstanceId = $"i-{index:x17}",
            ImageId = "ami-0123456789abcdef0",
            InstanceType = "t3.micro",
            LaunchTime = DateTimeOffset.UnixEpoch,
            State = new InstanceState { Code = 16, Name = "running" },
            AmiLaunchIndex = 0,
            PrivateIpAddress = "172.31.0.10",
            PublicIpAddress = "198.18.0.7",
            PrivateDnsName = "ip-172-31-0-10.ec2.internal",
            PublicDnsName = "ec2-198-18-0-7.compute-1.amazonaws.com",
            SubnetId = "subnet-0123456789abcdef0",
            VpcId = "vpc-0123456789abcdef0",
            Architecture = "x86_64",
            RootDeviceName = "/dev/xvda",
            RootDeviceType = "ebs",
            BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new() { AttachTime = DateTimeOffset.UnixEpoch, DeleteOnTermination = true, Status = "attached", VolumeId = "vol-0123456789abcdef0" } }],
            SecurityGroups = [new() { GroupId = "sg-0123456789abcdef0", GroupName = "default" }],
            SourceDestCheck = true,
            Tags = [new() { Key = "Name", Value = "web" }],
            VirtualizationType = "hvm",
            Monitoring = new() { State = "disabled" },
            Placement = new() { AvailabilityZone = "us-east-1a", GroupName = "", Tenancy = "default" },
            CpuOptions = new() { CoreCount = 1, ThreadsPerCore = 2 },
        };
    }
}
