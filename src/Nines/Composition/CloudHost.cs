using System.Reflection;
using Microsoft.Extensions.Logging;
using Nines.Control;
using Nines.Control.Hosts;
using Nines.Control.Identity;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Zones;
using Nines.Host.Simulated;
using Nines.Images;
using Nines.Wire.Signing;

namespace Nines.Composition;

/// <summary>A whole cloud in this process: control plane, hosts and images.</summary>
internal sealed class CloudHost : IAsyncDisposable
{
    private readonly ControlPlane _control;
    private readonly RealHost? _host;
    private readonly IReadOnlyList<SimulatedHost> _simulated;

    private CloudHost(ControlPlane control, RealHost? host, IReadOnlyList<SimulatedHost> simulated)
    {
        _control = control;
        _host = host;
        _simulated = simulated;
    }

    /// <summary>Base address of the API.</summary>
    public string Url => _control.Endpoint.ToString().TrimEnd('/');

    /// <summary>Whose cloud it is.</summary>
    public RootCredentials Root => _control.Root;

    /// <summary>Starts everything; the API listens when it returns.</summary>
    public static async Task<CloudHost> StartAsync(CloudOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        CloudPathsOwner.Claim(options.State);
        CloudImages? images = null;
        var control = await ControlPlane.OpenAsync(
            Describe(options), TimeProvider.System, loggers, token => images!.RegisterAsync(token), cancellationToken);
        RealHost? host = null;
        List<SimulatedHost> simulated = [];
        try
        {
            images = new CloudImages(LocalImages.Default().Store, control.Images, control.Root.AccountId, placeholders: options.SimulatedHosts > 0);
            await images.RegisterAsync(cancellationToken);
            var zones = new ZoneCatalog(control.Root.Region, options.Zones).Zones.Select(zone => zone.Name).ToArray();
            for (var number = 0; number < options.SimulatedHosts; number++)
            {
                simulated.Add(new SimulatedHost(new SimulatedHostOptions { HostId = $"simulated-{number + 1}" }, TimeProvider.System));
                // Every zone has a host as long as there are enough; a host may serve several.
                string[] served = options.SimulatedHosts >= zones.Length ? [zones[number % zones.Length]] : zones;
                await control.AddHostAsync(simulated[number], served, cancellationToken);
            }

            if (options.SimulatedHosts == 0)
            {
                host = await RealHost.CreateAsync(options, loggers, start: true, cancellationToken);
                await control.AddHostAsync(host.Host, zones, cancellationToken);
            }

            await control.ListenAsync(cancellationToken);
            return new CloudHost(control, host, simulated);
        }
        catch
        {
            await new CloudHost(control, host, simulated).DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        foreach (var host in _simulated)
        {
            host.Dispose();
        }
    }

    private static ControlPlaneOptions Describe(CloudOptions options) => new()
    {
        StateDirectory = options.State.Path,
        BucketsDirectory = options.State.Buckets,
        Listen = options.Listen,
        Port = options.Port,
        Zones = options.Zones,
        Version = typeof(CloudHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
        Identity = new IdentityOptions
        {
            AccountId = options.AccountId,
            Region = options.Region,
            RootKeys = options is { AccessKeyId: { } id, SecretAccessKey: { } secret } ? new Credentials(id, secret) : null,
        },
        Placement = new PlacementOptions { CpuOvercommit = options.CpuOvercommit, MemoryOvercommitPercent = options.MemoryOvercommitPercent },
        Addresses = new AddressOptions { PublicPool = Ipv4Block.Parse(options.PublicPool) },
    };
}
