using Nines.Control.Store;

namespace Nines.Control.Hosts;

/// <summary>Which records of a host to look at again.</summary>
internal sealed class HostChangeSet
{
    /// <summary>All of them.</summary>
    public bool Everything { get; set; }

    public HashSet<ResourceKey> Instances { get; } = [];

    public HashSet<ResourceKey> Volumes { get; } = [];

    public HashSet<ResourceKey> Snapshots { get; } = [];

    public HashSet<string> Vpcs { get; } = [];

    /// <summary>What memory is to be kept of.</summary>
    public bool FastLaunches { get; set; }

    /// <summary>What is to come out of buckets or to go into them.</summary>
    public bool Transfers { get; set; }

    public bool IsEmpty => !Everything && !FastLaunches && !Transfers && Instances.Count == 0 && Volumes.Count == 0 && Snapshots.Count == 0 && Vpcs.Count == 0;

    /// <summary>Adds what another names.</summary>
    public void UnionWith(HostChangeSet other)
    {
        Everything |= other.Everything;
        FastLaunches |= other.FastLaunches;
        Transfers |= other.Transfers;
        Instances.UnionWith(other.Instances);
        Volumes.UnionWith(other.Volumes);
        Snapshots.UnionWith(other.Snapshots);
        Vpcs.UnionWith(other.Vpcs);
    }
}
