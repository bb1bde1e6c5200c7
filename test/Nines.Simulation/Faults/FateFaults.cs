using Nines.Host.Simulated;

namespace Nines.Simulation.Faults;

/// <summary>
/// What goes wrong inside a host. What befalls a machine is drawn from the seed, the machine and the count of its steps: hosts go
/// through their machines in an order that no seed decides.
/// </summary>
internal sealed class FateFaults(Fate fate, int seed, string host) : ISimulatedFaults
{
    private const double ReportWeight = 0.1;
    private static readonly SimulatedFault[] s_call =
        [SimulatedFault.LostRequest, SimulatedFault.LostReply, SimulatedFault.Repeat, SimulatedFault.Slow, SimulatedFault.Crash];

    private static readonly SimulatedFault[] s_machine = [SimulatedFault.Slow, SimulatedFault.Slow, SimulatedFault.Crash];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public SimulatedFault At(SimulatedStep at, string? vmId)
    {
        var subject = $"{host}/{at}/{vmId}";
        var count = _counts[subject] = _counts.GetValueOrDefault(subject) + 1;
        var random = new Random(StableHash($"{seed}/{subject}/{count}"));
        var faults = vmId is null ? s_call : s_machine;
        return fate.Strike(random, at is SimulatedStep.Report ? ReportWeight : 1) ? faults[random.Next(faults.Length)] : SimulatedFault.None;
    }

    /// <summary>FNV-1a: a string's own hash differs from process to process.</summary>
    private static int StableHash(string text) => unchecked((int)text.Aggregate(2166136261u, (hash, character) => (hash ^ character) * 16777619u));
}
