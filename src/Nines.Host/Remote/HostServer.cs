using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;

namespace Nines.Host.Remote;

/// <summary>Serves a host to another process, over HTTP on a unix socket that only its owner may use.</summary>
public sealed class HostServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _socketPath;

    private HostServer(WebApplication application, string socketPath) => (_application, _socketPath) = (application, socketPath);

    /// <summary>Begins to serve. A socket that a dead server left is replaced.</summary>
    /// <param name="socketPath">At most 107 bytes.</param>
    public static async Task<HostServer> StartAsync(IHost host, string socketPath, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        File.Delete(socketPath);

        // The empty builder reads no settings of the process's surroundings.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The other side is the control plane, whose states are as large as its cloud.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenUnixSocket(socketPath);
        });
        var application = builder.Build();
        application.Run(new HostRequests(host).HandleAsync);
        var server = new HostServer(application, socketPath);
        try
        {
            await application.StartAsync(cancellationToken);
            File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends service; calls that wait end with it.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _application.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Without grace, as asked.
        }

        await _application.DisposeAsync();
        File.Delete(_socketPath);
    }
}
