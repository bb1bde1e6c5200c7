namespace Nines.Host.Simulated;

/// <summary>Decides what goes wrong. Is asked once at every step, in the order in which the steps happen.</summary>
public interface ISimulatedFaults
{
    /// <summary>What goes wrong at this step.</summary>
    /// <param name="vmId">The machine, for a machine's step.</param>
    SimulatedFault At(SimulatedStep at, string? vmId);
}
