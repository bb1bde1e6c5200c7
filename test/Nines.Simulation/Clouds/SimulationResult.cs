namespace Nines.Simulation.Clouds;

/// <summary>What happened in a run: the same for the same seed.</summary>
internal sealed record SimulationResult(long Steps, long Revision, int Processes, int Strikes, int Answers, int Instances, DateTimeOffset End);
