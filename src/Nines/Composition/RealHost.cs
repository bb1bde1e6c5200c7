using Microsoft.Extensions.Logging;
using Nines.Host;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.Composition;

/// <summary>This machine as a host of the cloud.</summary>
internal sealed class RealHost : IAsyncDisposable
{
    private readonly HostNetworks _networks;
    private readonly HostAgent _agent;

    private RealHost(HostNetworks networks, HostAgent agent)
    {
        _networks = networks;
        _agent = agent;
    }

    /// <summary>The host, once it has been started.</summary>
    public IHost Host => _agent;

    /// <summary>Makes the folders and the user that a guest needs, for one who wants to try whether guests boot.</summary>
    public Task SetUpAsync(CancellationToken cancellationToken) => _agent.SetUpAsync(cancellationToken);

    /// <summary>Puts the agent together, and starts it when asked to; one that is not started can still be purged.</summary>
    public static async Task<RealHost> CreateAsync(CloudOptions options, ILoggerFactory loggers, bool start, CancellationToken cancellationToken)
    {
        var commands = new HostCommands(TimeProvider.System, loggers.CreateLogger<HostCommands>());
        var hostOptions = OptionsOf(options.State) with { MirrorDirectory = options.Mirror, ScrubInterval = options.ScrubInterval, ReplicaInterval = options.ReplicaInterval };
        var networkOptions = new NetworkOptions { PublicPool = options.PublicPool, Egress = options.Egress ? Egress.Uplink : Egress.None };
        var networks = HostNetworks.Create(hostOptions, networkOptions, commands, TimeProvider.System, loggers);
        var agent = new HostAgent(
            hostOptions, networks, new ImageStore(CloudPaths.ImageCache, commands, TimeProvider.System), commands, TimeProvider.System, loggers);
        if (start)
        {
            await agent.SetUpAsync(cancellationToken);
            await networks.StartAsync(cancellationToken);
            await agent.StartAsync(cancellationToken);
        }

        return new RealHost(networks, agent);
    }

    /// <summary>Where the host of a cloud keeps its things.</summary>
    public static HostOptions OptionsOf(CloudPaths state) => new()
    {
        HostId = "host-1",
        StateDirectory = state.Host,
        RunDirectory = state.Run,
        BucketsDirectory = state.Buckets,
        ImagesDirectory = CloudPaths.ImageCache,
    };

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _networks.DisposeAsync();
    }
}
