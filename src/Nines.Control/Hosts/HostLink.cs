using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>A host that this process drives: how to reach it, what it shall be, and how far it was told.</summary>
internal sealed class HostLink(string id, IHost host, HostComposer composer, long epoch)
{
    // A host accepts growing numbers only. The epoch grows durably with every time the cloud takes charge, so numbers that a
    // process before this one gave out are smaller, whatever it had still under way.
    private const int EpochShift = 32;
    private long _generation = epoch << EpochShift;
    private volatile HostState? _sent;

    public string Id { get; } = id;

    public IHost Host { get; } = host;

    /// <summary>What changed since the state was last put together.</summary>
    public HostChanges Changes { get; } = new();

    /// <summary>Whether the host has accepted a state.</summary>
    public bool WasTold => _sent is not null;

    /// <summary>Puts the state together and sends it unless the host has it.</summary>
    /// <exception cref="HostSupersededException">The host obeys a newer generation than this process gives out.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var state = Compose();
        if (ReferenceEquals(state, _sent))
        {
            return;
        }

        var generation = Interlocked.Increment(ref _generation);
        var result = await Host.ApplyAsync(state with { Generation = generation }, cancellationToken);

        // A repeat of the same call is refused with its own number: the host has it.
        if (!result.Accepted && result.Generation > generation)
        {
            throw new HostSupersededException(Id, generation, result.Generation);
        }

        _sent = state;
    }

    /// <summary>Has the whole state sent again.</summary>
    public void Forget() => _sent = null;

    /// <summary>Continues after a generation that somebody else gave out.</summary>
    public void ContinueAfter(long generation) => Volatile.Write(ref _generation, ((generation >> EpochShift) + 1) << EpochShift);

    private HostState Compose()
    {
        var changes = Changes.Take();
        try
        {
            return composer.Update(changes);
        }
        catch
        {
            // What was taken would be lost.
            Changes.MarkAll();
            throw;
        }
    }
}
