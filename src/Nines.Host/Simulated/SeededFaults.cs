namespace Nines.Host.Simulated;

/// <summary>Faults at random, the same for the same seed and order of steps.</summary>
/// <param name="random">Where chance comes from.</param>
/// <param name="rate">How many of a hundred steps fail: 0 to 1 for 0 to 100 %.</param>
public sealed class SeededFaults(Random random, double rate) : ISimulatedFaults
{
    private static readonly SimulatedFault[] CallFaults =
        [SimulatedFault.LostRequest, SimulatedFault.LostReply, SimulatedFault.Repeat, SimulatedFault.Slow, SimulatedFault.Crash];

    private static readonly SimulatedFault[] MachineFaults = [SimulatedFault.Slow, SimulatedFault.Crash];
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public SimulatedFault At(SimulatedStep at, string? vmId)
    {
        lock (_lock)
        {
            if (random.NextDouble() >= rate)
            {
                return SimulatedFault.None;
            }

            var faults = at is SimulatedStep.Describe or SimulatedStep.Apply or SimulatedStep.Report ? CallFaults : MachineFaults;
            return faults[random.Next(faults.Length)];
        }
    }
}
