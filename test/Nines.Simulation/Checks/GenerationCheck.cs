using Nines.Control.Store;
using Nines.Simulation.Clouds;

namespace Nines.Simulation.Checks;

/// <summary>No host ever goes back to an older state, whatever arrives late.</summary>
internal sealed class GenerationCheck : ICheck
{
    public void Watch(World world, Cloud records, Action<string> fail)
    {
        foreach (var machine in world.Machines)
        {
            long newest = 0;
            machine.OnApplied += () =>
            {
                var accepted = machine.Look().AcceptedGeneration;
                if (accepted < newest)
                    fail($"{machine.Id} went back from generation {newest} to {accepted}");
                newest = accepted;
            };
        }
    }
}
