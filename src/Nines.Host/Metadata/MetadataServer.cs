using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nines.Host.Metadata;

/// <summary>One HTTP server for all networks. A network costs it one listening socket and one waiting task.</summary>
internal sealed class MetadataServer : IMetadataListeners
{
    private readonly MetadataConnections _connections = new();
    private readonly SourceLimit _limit = new();
    private readonly SocketTransportFactory _transport;
    private readonly KestrelServer _server;
    private readonly ILogger<MetadataServer> _logger;
    private readonly Application _application;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, Listener> _listeners = [];
    private bool _started;

    public MetadataServer(MetadataHandler handler, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger<MetadataServer>();
        _application = new(handler);
        _transport = new(Options.Create(new SocketTransportOptions { CreateBoundListenSocket = endPoint => ((NamespaceEndPoint)endPoint).Bind() }), loggers);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = 4096;
        options.Limits.MaxRequestBodySize = 1024;
        options.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Listen(new IPEndPoint(IPAddress.None, 80), endPoint => endPoint.Protocols = HttpProtocols.Http1);
        _server = new(Options.Create(options), _connections, loggers);
    }

    /// <inheritdoc/>
    public async Task OpenAsync(string vpcId, string namespacePath, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_started)
            {
                await _server.StartAsync(_application, cancellationToken);
                _started = true;
            }

            if (_listeners.TryGetValue(vpcId, out var listener) && !listener.Accepting.IsCompleted)
            {
                return;
            }

            var inner = await _transport.BindAsync(new NamespaceEndPoint(namespacePath), cancellationToken);
            _listeners[vpcId] = new(inner, AcceptAsync(vpcId, inner));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task CloseAsync(string vpcId, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_listeners.Remove(vpcId, out var listener))
            {
                await CloseAsync(listener);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops listening everywhere.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners.Values)
        {
            await CloseAsync(listener);
        }

        if (_started)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _server.StopAsync(now.Token);
        }

        _server.Dispose();
        _gate.Dispose();
    }

    private static async Task CloseAsync(Listener listener)
    {
        await listener.Inner.UnbindAsync();
        await listener.Inner.DisposeAsync();
        await listener.Accepting;
    }

    private async Task AcceptAsync(string vpcId, IConnectionListener listener)
    {
        var feature = new MetadataListenerFeature(vpcId);
        try
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                if (!_limit.Admit(vpcId, connection))
                {
                    connection.Abort();
                    await connection.DisposeAsync();
                    continue;
                }

                connection.Features.Set(feature);
                await _connections.AddAsync(connection, CancellationToken.None);
            }
        }
        catch (Exception exception)
        {
            _logger.MetadataListenerFailed(exception, vpcId);
        }
    }

    /// <summary>A network's socket and the task that accepts from it.</summary>
    private sealed record Listener(IConnectionListener Inner, Task Accepting);

    /// <summary>What Kestrel calls for a request; there is no pipeline between.</summary>
    private sealed class Application(MetadataHandler handler) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => handler.HandleAsync(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // Nothing is held for a request.
        }
    }
}
