using Nines.Control.Store;
using Nines.Simulation.Clouds;

namespace Nines.Simulation.Checks;

/// <summary>An invariant. It looks at records and hosts from outside, and shares no code with what it checks.</summary>
internal interface ICheck
{
    /// <summary>Begins to watch; called once, before anything happens.</summary>
    /// <param name="world">The hosts.</param>
    /// <param name="records">A view of the records that no fault touches: it sees every transaction by itself.</param>
    /// <param name="fail">Says what is wrong; a subscriber must not throw.</param>
    void Watch(World world, Cloud records, Action<string> fail);
}
