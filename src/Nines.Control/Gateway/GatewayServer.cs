using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nines.Control.Admin;

namespace Nines.Control.Gateway;

/// <summary>The HTTP server of the API. Made by <see cref="GatewayBuilder"/>, for the program and for tests alike.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly GatewayOptions _options;
    private readonly GatewayApplication _application;
    private readonly AdminEndpoint _admin;
    private readonly Admission _admission;
    private readonly ILogger _logger;
    private readonly KestrelServer _server;
    private bool _stopped;

    internal GatewayServer(GatewayOptions options, GatewayApplication application, AdminEndpoint admin, Admission admission, ILoggerFactory loggers)
    {
        _options = options;
        _application = application;
        _admin = admin;
        _admission = admission;
        _logger = loggers.CreateLogger<GatewayServer>();
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        _server = new KestrelServer(Options.Create(Configure(options)), transport, loggers);
    }

    /// <summary>Where the API is: <c>http://127.0.0.1:4566</c>. Known once the server has started.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Starts to listen.</summary>
    /// <exception cref="PortTakenException">Another program listens there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _server.StartAsync(_application, cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new PortTakenException(new IPEndPoint(_options.Address, _options.Port).ToString(), exception);
        }

        var address = _server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Endpoint = new Uri(address);
        _logger.GatewayListens(address);
    }

    /// <summary>Takes no more connections, lets the requests under way end, and then cuts off those that have not.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _admin.EndConsoles();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Limits.DrainTimeout);
        await _server.StopAsync(deadline.Token);
        if (_admission.Requests is > 0 and var left)
        {
            _logger.GatewayDrainTimedOut(left);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _server.Dispose();
        _admin.Dispose();
    }

    private static KestrelServerOptions Configure(GatewayOptions options)
    {
        var limits = options.Limits;
        var kestrel = new KestrelServerOptions
        {
            AddServerHeader = false,

            // The pipeline reads bodies with limits of its own; see RequestBody.
            AllowSynchronousIO = false,
        };
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeadersBytes;
        kestrel.Limits.MaxRequestHeaderCount = limits.Headers;
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.Consoles;
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        kestrel.Limits.RequestHeadersTimeout = limits.HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = limits.IdleTimeout;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(64 * 1024, limits.RequestLineBytes);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.SlowestBytesPerSecond, TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(limits.SlowestBytesPerSecond, TimeSpan.FromSeconds(5));
        kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        return kestrel;
    }
}
