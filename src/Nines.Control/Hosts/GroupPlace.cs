namespace Nines.Control.Hosts;

/// <summary>A place for one machine.</summary>
/// <param name="HostId">The host.</param>
/// <param name="Partition">The partition of its group, where that has some.</param>
internal sealed record GroupPlace(string HostId, int? Partition);
