using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>The networks that were made, and how they stand.</summary>
internal sealed record AppliedNetworks(ImmutableDictionary<string, VpcSpec> Vpcs, ImmutableDictionary<string, VpcStatus> Statuses)
{
    /// <summary>Nothing was made yet.</summary>
    public static readonly AppliedNetworks None = new(ImmutableDictionary<string, VpcSpec>.Empty, ImmutableDictionary<string, VpcStatus>.Empty);

    /// <summary>What an adapter waits for; <see langword="null"/> when it is ready.</summary>
    public string? WhyNotReady(VmInterface adapter)
    {
        if (!Vpcs.TryGetValue(adapter.VpcId, out var vpc) || !vpc.Interfaces.ContainsKey(adapter.Id))
        {
            return $"Waits for network interface {adapter.Id}.";
        }

        return Statuses.TryGetValue(adapter.VpcId, out var status) && status.Message is { } message
            ? $"Waits for network {adapter.VpcId}: {message}"
            : null;
    }

    /// <summary>Networks that are gone and that the next state does not name any more.</summary>
    public IEnumerable<string> GoneAndDropped(AppliedNetworks next) =>
        Statuses.Values.Where(status => status.Gone && !next.Vpcs.ContainsKey(status.Id)).Select(status => status.Id);
}
