namespace Nines.Simulation.Clouds;

/// <summary>An invariant of the cloud does not hold.</summary>
public sealed class CheckFailedException(string message) : Exception(message);
