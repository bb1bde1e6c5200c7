namespace Nines.Control.Hosts;

/// <summary>A machine of a placement group.</summary>
/// <param name="HostId">The host that it lies on.</param>
/// <param name="Zone">The zone that it is in.</param>
/// <param name="Partition">Its partition, where the group has some.</param>
internal sealed record GroupMember(string HostId, string Zone, int? Partition);
