using Nines.Control.Services.Ec2.Instances;

namespace Nines.Control.Hosts;

/// <summary>What a machine takes of its host while it is on.</summary>
internal readonly record struct Demand(long VCpus, long MemoryMiB)
{
    /// <summary>What an instance takes now: a stopped one keeps its disks on the host, nothing else.</summary>
    public static Demand Of(Instance? instance) => instance is null or { HostId: null } or { State: InstanceState.Stopped or InstanceState.Terminated }
        ? default
        : new Demand(instance.VCpus, instance.MemoryMiB);

    public static Demand operator +(Demand left, Demand right) => new(left.VCpus + right.VCpus, left.MemoryMiB + right.MemoryMiB);

    public static Demand operator -(Demand left, Demand right) => new(left.VCpus - right.VCpus, left.MemoryMiB - right.MemoryMiB);

    /// <summary>How many such machines fit, at most <paramref name="limit"/>.</summary>
    public int TimesIn(Demand room, int limit)
    {
        var byCpu = VCpus == 0 ? limit : room.VCpus / VCpus;
        var byMemory = MemoryMiB == 0 ? limit : room.MemoryMiB / MemoryMiB;
        return (int)Math.Clamp(Math.Min(byCpu, byMemory), 0, limit);
    }
}
