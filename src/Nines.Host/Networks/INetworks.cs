using System.Collections.Immutable;
using System.Net;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>The networks of a host, and what is served inside them (addresses, names, metadata).</summary>
public interface INetworks
{
    /// <summary>
    /// Makes the networks so: idempotent, level-triggered. When it returns, the tap of every adapter of every network exists
    /// and belongs to the hypervisor's user. Networks that the state does not name are left alone.
    /// </summary>
    /// <returns>What is observed of every network of the state, by id.</returns>
    Task<ImmutableDictionary<string, VpcStatus>> ApplyAsync(HostState desired, CancellationToken cancellationToken);

    /// <summary>Path of a network's namespace, such as <c>/run/netns/…</c>.</summary>
    string NamespacePathOf(string vpcId);

    /// <summary>Name of an adapter's tap inside its network's namespace; at most 15 characters.</summary>
    string TapOf(string interfaceId);

    /// <summary>Whether the guest behind an adapter answers on its network; <see langword="null"/> when it cannot be asked.</summary>
    /// <param name="vpcId">The network.</param>
    /// <param name="interfaceId">The adapter.</param>
    /// <param name="router">The router of its subnet.</param>
    /// <param name="address">The adapter's address.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool?> AnswersAsync(string vpcId, string interfaceId, IPAddress router, IPAddress address, CancellationToken cancellationToken);

    /// <summary>Makes a network that leads nowhere, for a guest that is booted to be kept. There is one at a time.</summary>
    /// <returns>The tap of the guest's adapter, and the namespace that it is in.</returns>
    Task<(string Tap, string NamespacePath)> OpenGateAsync(CancellationToken cancellationToken);

    /// <summary>Removes that network.</summary>
    Task CloseGateAsync(CancellationToken cancellationToken);

    /// <summary>Removes every namespace, device, rule and file that this host ever made for its networks.</summary>
    Task PurgeAsync(CancellationToken cancellationToken);
}
