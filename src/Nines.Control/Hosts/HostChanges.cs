using Nines.Control.Store;

namespace Nines.Control.Hosts;

/// <summary>The records of one host that changed since its state was last put together.</summary>
internal sealed class HostChanges
{
    private readonly Lock _lock = new();
    private HostChangeSet _changes = new() { Everything = true };

    /// <summary>Everything must be looked at again.</summary>
    public void MarkAll()
    {
        lock (_lock)
        {
            _changes.Everything = true;
        }
    }

    public void MarkInstance(ResourceKey key)
    {
        lock (_lock)
        {
            _changes.Instances.Add(key);
        }
    }

    public void MarkVolume(ResourceKey key)
    {
        lock (_lock)
        {
            _changes.Volumes.Add(key);
        }
    }

    public void MarkSnapshot(ResourceKey key)
    {
        lock (_lock)
        {
            _changes.Snapshots.Add(key);
        }
    }

    /// <summary>The network's subnets, routes, groups or members changed.</summary>
    public void MarkVpc(string vpcId)
    {
        lock (_lock)
        {
            _changes.Vpcs.Add(vpcId);
        }
    }

    /// <summary>An image changed, or what an account wants of one.</summary>
    public void MarkFastLaunches()
    {
        lock (_lock)
        {
            _changes.FastLaunches = true;
        }
    }

    /// <summary>What is to come out of buckets or to go into them changed.</summary>
    public void MarkTransfers()
    {
        lock (_lock)
        {
            _changes.Transfers = true;
        }
    }

    /// <summary>What was marked since the last call.</summary>
    public HostChangeSet Take()
    {
        lock (_lock)
        {
            var taken = _changes;
            _changes = new HostChangeSet();
            return taken;
        }
    }
}
