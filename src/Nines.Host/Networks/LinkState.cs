namespace Nines.Host.Networks;

/// <summary>A link as it is.</summary>
/// <param name="Index">Its number, which no other link of the namespace has while it lives.</param>
/// <param name="MacAddress">Its hardware address.</param>
/// <param name="Up">Whether it is switched on.</param>
/// <param name="Carrier">Whether the other side is there: for a tap, whether a process holds it.</param>
internal sealed record LinkState(int Index, string MacAddress, bool Up, bool Carrier);
