namespace Nines.Control.Hosts;

/// <summary>Chooses hosts for machines: pure.</summary>
internal static class Placement
{
    /// <summary>
    /// Hosts for up to <paramref name="count"/> alike machines, one by one on the host with the most free memory, so that
    /// the loss of a host takes as few of them as possible. Fewer are returned when there is no more room.
    /// </summary>
    public static IReadOnlyList<string> Choose(IEnumerable<HostRoom> rooms, Demand demand, int count)
    {
        // Among equals the first by name, so that the same cloud always chooses the same.
        var queue = new PriorityQueue<HostRoom, (long, string)>(Comparer<(long Memory, string Id)>.Create((left, right) =>
            left.Memory != right.Memory ? right.Memory.CompareTo(left.Memory) : string.CompareOrdinal(left.Id, right.Id)));
        foreach (var room in rooms)
        {
            if (demand.TimesIn(room.Free, 1) > 0)
            {
                queue.Enqueue(room, (room.Free.MemoryMiB, room.HostId));
            }
        }

        var chosen = new List<string>(Math.Min(count, 1024));
        while (chosen.Count < count && queue.TryDequeue(out var room, out _))
        {
            chosen.Add(room.HostId);
            room = room with { Free = room.Free - demand };
            if (demand.TimesIn(room.Free, 1) > 0)
            {
                queue.Enqueue(room, (room.Free.MemoryMiB, room.HostId));
            }
        }

        return chosen;
    }
}
