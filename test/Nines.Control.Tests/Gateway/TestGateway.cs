using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Admin;
using Nines.Control.Gateway;
using Nines.Control.Identity;
using Nines.Control.Ids;
using Nines.Control.Tests.Identity;
using Nines.Wire.Signing;

namespace Nines.Control.Tests.Gateway;

/// <summary>A gateway on a free port, over a store in memory, with root keys.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly IdentityFixture _identity;
    private readonly GatewayServer _server;
    private readonly HttpClient _plain;

    private TestGateway(IdentityFixture identity, GatewayServer server, RootCredentials root)
    {
        _identity = identity;
        _server = server;
        Root = root;
        _plain = new HttpClient { BaseAddress = server.Endpoint };
    }

    /// <summary>The root's keys.</summary>
    public RootCredentials Root { get; }

    /// <summary>Where it is.</summary>
    public Uri Endpoint => _server.Endpoint;

    /// <summary>Sends requests as they are.</summary>
    public HttpClient Plain => _plain;

    /// <summary>The server.</summary>
    public GatewayServer Server => _server;

    /// <summary>Issues temporary keys.</summary>
    public SessionTokens Sessions => _identity.Sessions;

    public static async Task<TestGateway> StartAsync(
        CancellationToken cancellationToken,
        IReadOnlyList<IOperations>? operations = null,
        AdminOperations? admin = null,
        GatewayLimits? limits = null,
        TimeProvider? time = null,
        ILoggerFactory? loggers = null,
        IdentityFixture? over = null)
    {
        var identity = over ?? await IdentityFixture.CreateAsync(cancellationToken);
        var root = await identity.Bootstrap.EnsureAsync(new IdentityOptions(), cancellationToken);
        var server = new GatewayBuilder
        {
            Options = new GatewayOptions { Port = 0, Version = "1.2.3", Limits = limits ?? new GatewayLimits() },
            Keys = identity.Keys,
            Sessions = identity.Sessions,
            Operations = operations ?? [],
            Admin = admin ?? new AdminOperations(),
            Ids = new RandomIdSource(),
            Time = time ?? TimeProvider.System,
            Loggers = loggers ?? NullLoggerFactory.Instance,
        }.Build();
        await server.StartAsync(cancellationToken);
        return new TestGateway(identity, server, root);
    }

    /// <summary>Tries to start another gateway, on a port of its own.</summary>
    public async Task StartAnotherAsync(int port, CancellationToken cancellationToken)
    {
        await using var other = new GatewayBuilder
        {
            Options = new GatewayOptions { Port = port },
            Keys = _identity.Keys,
            Sessions = _identity.Sessions,
            Operations = [],
            Ids = new RandomIdSource(),
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        }.Build();
        await other.StartAsync(cancellationToken);
    }

    /// <summary>A client that signs.</summary>
    /// <param name="service">For which service.</param>
    /// <param name="credentials">With which keys; the root's when null.</param>
    /// <param name="region">For which region.</param>
    /// <param name="time">By which clock.</param>
    public HttpClient Client(string service, Credentials? credentials = null, string region = "us-east-1", TimeProvider? time = null)
    {
        var keys = credentials ?? Root.Credentials;
        return new HttpClient(new SigningHandler(new RequestSigner(keys, region, service), keys, time ?? TimeProvider.System, new SocketsHttpHandler()))
        {
            BaseAddress = Endpoint,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _plain.Dispose();
        await _server.DisposeAsync();
        await _identity.DisposeAsync();
    }
}
