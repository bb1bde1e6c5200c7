using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>A host that this process drives: how to reach it, what it shall be, and how far it was told.</summary>
internal sealed class HostLink(string id, IHost host, HostComposer composer, long epoch)
{
    // A host accepts growing numbers only. The epoch grows durably with every time the cloud takes charge, so numbers that a
    // process before this one gave out are smaller, whatever it had still under way.
    private const int EpochShift = 32;
    private long _generation = epoch << EpochShift;
    private volatile Told? _told;

    /// <summary>What was looked at again since the host accepted a state.</summary>
    private HostChangeSet _untold = new();

    public string Id { get; } = id;

    public IHost Host { get; } = host;

    /// <summary>What changed since the state was last put together.</summary>
    public HostChanges Changes { get; } = new();

    /// <summary>Whether the host has accepted a state.</summary>
    public bool WasTold => _told is not null;

    /// <summary>Puts the state together and sends it unless the host has it.</summary>
    /// <exception cref="HostSupersededException">The host obeys a newer generation than this process gives out.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var state = Compose();
        var told = _told;
        if (ReferenceEquals(state, told?.State))
        {
            // What was looked at led to nothing new.
            _untold = new HostChangeSet();
            return;
        }

        var generation = Interlocked.Increment(ref _generation);
        var result = await Host.ApplyAsync(state with { Generation = generation, Changes = told is null ? null : ChangesSince(told.Generation) }, cancellationToken);

        // A repeat of the same call is refused with its own number: the host has it.
        if (!result.Accepted && result.Generation > generation)
        {
            throw new HostSupersededException(Id, generation, result.Generation);
        }

        _told = new Told(state, generation);
        _untold = new HostChangeSet();
    }

    /// <summary>Has the whole state sent again.</summary>
    public void Forget() => _told = null;

    /// <summary>Continues after a generation that somebody else gave out.</summary>
    public void ContinueAfter(long generation) => Volatile.Write(ref _generation, ((generation >> EpochShift) + 1) << EpochShift);

    private HostState Compose()
    {
        var changes = Changes.Take();
        try
        {
            var state = composer.Update(changes);
            _untold.UnionWith(changes);
            return state;
        }
        catch
        {
            // What was taken would be lost.
            Changes.MarkAll();
            throw;
        }
    }

    private HostStateChanges? ChangesSince(long generation) => _untold.Everything ? null : new HostStateChanges
    {
        Since = generation,
        Vpcs = [.. _untold.Vpcs],
        Volumes = [.. _untold.Volumes.Select(key => key.Id)],
        Snapshots = [.. _untold.Snapshots.Select(key => key.Id)],
        Vms = [.. _untold.Instances.Select(key => key.Id)],
    };

    /// <summary>A state that the host accepted.</summary>
    private sealed record Told(HostState State, long Generation);
}
