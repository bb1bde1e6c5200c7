using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Admin;
using Nines.Control.Gateway;
using Nines.Control.Identity;
using Nines.Control.Ids;
using Nines.Control.Secrets;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Wire.Signing;

namespace Nines.Bench;

/// <summary>The API of a <see cref="ControlCloud"/> on a free port of this machine, and signed requests to it.</summary>
internal sealed class ControlApi : IAsyncDisposable
{
    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private Cloud _cloud = null!;
    private IdentityServices _identity = null!;
    private GatewayServer _gateway = null!;

    private ControlApi()
    {
    }

    /// <summary>Whose cloud it is.</summary>
    public RootCredentials Root => _identity.Root;

    /// <summary>Where it is.</summary>
    public Uri Endpoint => _gateway.Endpoint;

    public static async Task<ControlApi> StartAsync(ControlCloud control, CancellationToken cancellationToken)
    {
        var api = new ControlApi();
        api._cloud = await Cloud.OpenAsync(api._store, IdentityTables.All, cancellationToken: cancellationToken);
        api._identity = await IdentityServices.OpenAsync(
            api._cloud, RandomNumberGenerator.GetBytes(SecretBox.MasterKeyBytes), new IdentityOptions(), TimeProvider.System, cancellationToken);
        api._gateway = new GatewayBuilder
        {
            Options = new GatewayOptions { Port = 0 },
            Keys = api._identity.Keys,
            Sessions = api._identity.Sessions,
            Operations = control.Compute.Operations,
            Admin = new AdminOperations { Reset = control.ResetAsync },
            Ids = new RandomIdSource(),
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        }.Build();
        await api._gateway.StartAsync(cancellationToken);
        return api;
    }

    /// <summary>Sends one request of the query protocol again and again. One signature serves for five minutes.</summary>
    public HttpLoad Load(string service, string body) => new(new IPEndPoint(IPAddress.Loopback, Endpoint.Port), Signed(service, body));

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _identity.Dispose();
        await _cloud.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>The bytes of a signed request, as the AWS CLI sends it. One signature serves for five minutes.</summary>
    private byte[] Signed(string service, string body)
    {
        var now = TimeProvider.System.GetUtcNow();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = _gateway.Endpoint.Authority,
            ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8",
            ["X-Amz-Date"] = RequestSigner.DateText(now),
        };
        var request = new SignableRequest("POST", "/", "", new Headers(headers));
        headers["Authorization"] = new RequestSigner(Root.Credentials, Root.Region, service).Authorization(request, Payload.Hash(Encoding.UTF8.GetBytes(body)), now);
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
