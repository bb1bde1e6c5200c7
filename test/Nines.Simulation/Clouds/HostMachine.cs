using Nines.Host.Api;
using Nines.Host.Simulated;
using Nines.Simulation.Faults;

namespace Nines.Simulation.Clouds;

/// <summary>A host as the simulation sees it from above: the real thing, every state it was ever told, and what it is now.</summary>
internal sealed class HostMachine(SimulatedHost host, string id, string zone, Fate fate)
{
    private readonly Dictionary<long, HostState> _told = [];

    public SimulatedHost Host { get; } = host;

    public string Id { get; } = id;

    public string Zone { get; } = zone;

    /// <summary>Called after every state that reached the host.</summary>
    public Action? OnApplied { get; set; }

    public async Task<ApplyResult> ApplyAsync(HostState desired, CancellationToken cancellationToken)
    {
        // A generation is one state for ever: two different ones would make an answer lie.
        if (_told.TryGetValue(desired.Generation, out var before) && !ReferenceEquals(before.Vms, desired.Vms))
            throw new CheckFailedException($"{Id} was told two states of generation {desired.Generation}");
        _told[desired.Generation] = desired;
        try
        {
            return await Host.ApplyAsync(desired, cancellationToken);
        }
        finally
        {
            OnApplied?.Invoke();
        }
    }

    /// <summary>What it observes now, all of it.</summary>
    public HostReport Look()
    {
        var on = fate.IsOn;
        fate.IsOn = false;
        try
        {
            return Host.ReportAsync(0, TimeSpan.Zero, CancellationToken.None).GetAwaiter().GetResult();
        }
        finally
        {
            fate.IsOn = on;
        }
    }

    /// <summary>The state that it obeys.</summary>
    public HostState Obeys(HostReport report) => _told.GetValueOrDefault(report.AcceptedGeneration) ?? new HostState { Generation = 0 };
}
