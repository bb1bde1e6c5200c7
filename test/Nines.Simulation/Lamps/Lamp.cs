using System.Text.Json.Serialization;
using Nines.Control.Store;

namespace Nines.Simulation.Lamps;

/// <summary>The smallest resource there is: it shall be on or off, and is.</summary>
/// <param name="AccountId">Whose.</param>
/// <param name="Id">Which.</param>
/// <param name="Wish">Counts the wishes; an odd one is on.</param>
/// <param name="Fulfilled">The last wish that was seen to be true.</param>
internal sealed record Lamp(string AccountId, string Id, long Wish, long Fulfilled) : IResource
{
    public static readonly TableDefinition<Lamp> Table = new("lamps", LampJsonContext.Default.Lamp);
}

[JsonSerializable(typeof(Lamp))]
internal sealed partial class LampJsonContext : JsonSerializerContext;
