using Microsoft.Extensions.Logging;
using Nines.Control.Gateway;
using Nines.Control.Identity;
using Nines.Control.Store;
using Nines.Host;
using Nines.Terminal;

namespace Nines.Composition;

/// <summary>Runs a cloud in this process until it is asked to end.</summary>
internal static class CloudDaemon
{
    public static async Task<int> RunAsync(CloudOptions options, CancellationToken cancellationToken)
    {
        CloudPathsOwner.Claim(options.State);
        using var loggers = Logging(options);
        try
        {
            using var held = await StateDirectory.OpenAsync(options.State.Path, cancellationToken);
            MirrorFolder.Keep(options.State, options.Mirror);
            await using var cloud = await CloudHost.StartAsync(options, loggers, cancellationToken);
            new CloudKind(options.SimulatedHosts).Keep(options.State);
            Endpoint.Publish(options.State, cloud.Url);
            Output.Note($"the cloud runs: {cloud.Url} (account {cloud.Root.AccountId}, region {cloud.Root.Region}); Ctrl-C stops it, its servers go on");
            var returning = MemoryReturn.RunAsync(cancellationToken);
            await UntilCancelledAsync(cancellationToken);
            await returning;
            Output.Note("stopping");
            File.Delete(options.State.Endpoint);
            return ExitCode.Success;
        }
        catch (Exception e) when (e is StoreException or PortTakenException or IdentityException or HostSetupException)
        {
            throw new UserException(e.Message, ExitCode.Unavailable);
        }
    }

    private static async Task UntilCancelledAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(ended.SetResult);
        await ended.Task;
    }

    private static ILoggerFactory Logging(CloudOptions options) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Information)
        // A line per request is a choice: it costs more than many a request does.
        .AddFilter(typeof(GatewayApplication).FullName, options.AccessLog ? LogLevel.Information : LogLevel.Warning)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Console.IsOutputRedirected
                ? Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled
                : Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Default;
        }));
}
