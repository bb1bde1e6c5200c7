namespace Nines.Simulation.Scheduling;

/// <summary>A seed for which an invariant does not hold.</summary>
public sealed class SimulationFailedException(string message, Exception inner) : Exception(message, inner);
