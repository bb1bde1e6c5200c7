namespace Nines.Control.Hosts;

/// <summary>A host obeys a newer generation: another control plane drives it, or the store was restored from an older copy.</summary>
internal sealed class HostSupersededException(string hostId, long generation, long accepted)
    : Exception($"Host {hostId} refused generation {generation}: it has accepted {accepted}.")
{
    /// <summary>The generation that the host obeys.</summary>
    public long Accepted { get; } = accepted;
}
