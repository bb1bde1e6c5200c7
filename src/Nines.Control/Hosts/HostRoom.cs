namespace Nines.Control.Hosts;

/// <summary>What is free on a host.</summary>
internal readonly record struct HostRoom(string HostId, Demand Free);
