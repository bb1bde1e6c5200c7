namespace Nines.Host.Simulated;

/// <summary>Nothing goes wrong.</summary>
public sealed class NoFaults : ISimulatedFaults
{
    /// <summary>The only one there need be.</summary>
    public static readonly NoFaults Instance = new();

    /// <inheritdoc/>
    public SimulatedFault At(SimulatedStep at, string? vmId) => SimulatedFault.None;
}
