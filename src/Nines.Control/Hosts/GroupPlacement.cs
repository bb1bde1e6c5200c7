namespace Nines.Control.Hosts;

/// <summary>Chooses hosts for the machines of a placement group (EC2 User Guide: Placement strategies): pure.</summary>
/// <param name="Strategy">What the group is for.</param>
/// <param name="Members">The group's machines that are there already.</param>
internal sealed record GroupPlacement(GroupStrategy Strategy, IReadOnlyList<GroupMember> Members)
{
    /// <summary>How many partitions the group has; 0 unless it has partitions.</summary>
    public int Partitions { get; init; }

    /// <summary>The partition that is asked for, or <see langword="null"/> for an even spread over all.</summary>
    public int? Partition { get; init; }

    /// <summary>The zones in which the group's next machine may be; <see langword="null"/> for any. A cluster is in one zone.</summary>
    public string? Zone => Strategy == GroupStrategy.Cluster && Members.Count > 0 ? Members[0].Zone : null;

    /// <summary>Places for up to <paramref name="count"/> alike machines; fewer when the group's rule or room allows no more.</summary>
    public IReadOnlyList<GroupPlace> Choose(IEnumerable<HostRoom> rooms, Demand demand, int count) => Strategy switch
    {
        GroupStrategy.Cluster => Together(rooms, demand, count),
        GroupStrategy.Spread => Apart(rooms, demand, count),
        _ => InPartitions(rooms, demand, count),
    };

    /// <summary>Whether a machine that lies on a host already, and can be nowhere else, may join.</summary>
    public bool Allows(string hostId, string zone, int? partition) => Strategy switch
    {
        GroupStrategy.Cluster => Zone is null || Zone == zone,
        GroupStrategy.Spread => Members.All(member => member.HostId != hostId),
        _ => Members.All(member => member.HostId != hostId || member.Partition == partition),
    };

    /// <summary>The partition of a machine that lies on a host already: the host's, else the emptiest.</summary>
    public int PartitionOn(string hostId) =>
        Members.FirstOrDefault(member => member.HostId == hostId)?.Partition ?? Emptiest(Members.CountBy(member => member.Partition ?? 0).ToDictionary()).First();

    /// <summary>As near as can be: hosts with members are filled first, then the emptiest host, one after the other.</summary>
    private List<GroupPlace> Together(IEnumerable<HostRoom> rooms, Demand demand, int count)
    {
        var places = new List<GroupPlace>();
        foreach (var room in rooms.OrderByDescending(room => Members.Any(member => member.HostId == room.HostId))
            .ThenByDescending(room => room.Free.MemoryMiB).ThenBy(room => room.HostId, StringComparer.Ordinal))
        {
            places.AddRange(Enumerable.Repeat(new GroupPlace(room.HostId, null), demand.TimesIn(room.Free, count - places.Count)));
        }

        return places;
    }

    /// <summary>No two on one host.</summary>
    private List<GroupPlace> Apart(IEnumerable<HostRoom> rooms, Demand demand, int count) =>
    [
        .. rooms.Where(room => demand.TimesIn(room.Free, 1) > 0 && Members.All(member => member.HostId != room.HostId))
            .OrderByDescending(room => room.Free.MemoryMiB).ThenBy(room => room.HostId, StringComparer.Ordinal)
            .Take(count).Select(room => new GroupPlace(room.HostId, null)),
    ];

    /// <summary>No two partitions on one host. A machine goes into the emptiest partition, there on a host that the partition has, else on one that none has.</summary>
    private List<GroupPlace> InPartitions(IEnumerable<HostRoom> rooms, Demand demand, int count)
    {
        var owner = Members.Where(member => member.Partition is not null).DistinctBy(member => member.HostId).ToDictionary(member => member.HostId, member => member.Partition!.Value);
        var sizes = Members.CountBy(member => member.Partition ?? 0).ToDictionary();
        var free = rooms.ToDictionary(room => room.HostId, room => room.Free);
        var places = new List<GroupPlace>();
        while (places.Count < count && Next() is { } place)
        {
            places.Add(place);
            owner[place.HostId] = place.Partition!.Value;
            sizes[place.Partition.Value] = sizes.GetValueOrDefault(place.Partition.Value) + 1;
            free[place.HostId] -= demand;
        }

        return places;

        GroupPlace? Next() => (Partition is { } asked ? [asked] : Emptiest(sizes))
            .SelectMany(_ => free.Where(room => demand.TimesIn(room.Value, 1) > 0), (partition, room) => (Partition: partition, room.Key, room.Value.MemoryMiB))
            .Where(place => owner.GetValueOrDefault(place.Key, place.Partition) == place.Partition)
            .GroupBy(place => place.Partition)
            .Select(places => places.OrderByDescending(place => owner.ContainsKey(place.Key)).ThenByDescending(place => place.MemoryMiB).ThenBy(place => place.Key, StringComparer.Ordinal).First())
            .Select(place => new GroupPlace(place.Key, place.Partition)).FirstOrDefault();
    }

    private IEnumerable<int> Emptiest(IReadOnlyDictionary<int, int> sizes) =>
        Enumerable.Range(1, Partitions).OrderBy(partition => sizes.GetValueOrDefault(partition)).ThenBy(partition => partition);
}
