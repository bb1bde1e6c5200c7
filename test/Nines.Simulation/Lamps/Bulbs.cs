using Nines.Simulation.Faults;

namespace Nines.Simulation.Lamps;

/// <summary>The real world: it obeys the newest wish that reached it, late, twice, or without an answer.</summary>
internal sealed class Bulbs(TimeProvider time, Fate fate)
{
    private readonly Dictionary<string, long> _wishes = [];

    public long WishOf(string id) => _wishes.GetValueOrDefault(id);

    public async Task SwitchAsync(string id, long wish, CancellationToken cancellationToken)
    {
        if (fate.Strike())
            throw new IOException("Simulated: the request was lost.");
        await Task.Delay(fate.Delay(TimeSpan.FromSeconds(2)), time, cancellationToken);
        _wishes[id] = Math.Max(wish, WishOf(id));
        if (fate.Strike())
            throw new IOException("Simulated: the reply was lost.");
    }
}
