namespace Nines.Simulation.Faults;

/// <summary>The process that was asked is dead: what became of the request is not known.</summary>
public sealed class ProcessDiedException() : Exception("Simulated: the process died.");
