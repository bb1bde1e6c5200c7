using Nines.Control.Admin;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.SerialConsoles;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The operator's way to the serial consoles of instances, which AWS's API shows only in snapshots.</summary>
internal sealed class InstanceConsoles(Cloud cloud, HostRegistry hosts) : IConsoles
{
    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(string accountId, string instanceId, int maxBytes, CancellationToken cancellationToken)
    {
        var instance = Find(accountId, instanceId);
        try
        {
            return HostOf(instance) is { } host ? await host.ReadConsoleAsync(instance.Id, maxBytes, cancellationToken) : default;
        }
        catch (VmNotFoundException)
        {
            // Not started yet, or nothing of it is left.
            return default;
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(string accountId, string instanceId, CancellationToken cancellationToken)
    {
        var instance = Find(accountId, instanceId);
        if (!SerialConsoleAccess.Of(cloud, accountId))
        {
            throw new AwsException("SerialConsoleSessionUnavailable", "The account's serial consoles are closed: EnableSerialConsoleAccess opens them.");
        }

        try
        {
            return HostOf(instance) is { } host ? await host.OpenConsoleAsync(instance.Id, cancellationToken) : throw InstanceErrors.NotRunning(instance.Id);
        }
        catch (VmNotFoundException)
        {
            throw InstanceErrors.NotRunning(instance.Id);
        }
    }

    private Instance Find(string accountId, string instanceId) =>
        InstanceLookup.FindAll(cloud, accountId, [ResourceId.Parse<InstanceId>(instanceId)])[0];

    private IHost? HostOf(Instance instance) => instance.HostId is { } hostId ? hosts.Find(hostId) : null;
}
