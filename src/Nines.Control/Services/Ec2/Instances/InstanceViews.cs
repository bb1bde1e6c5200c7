using System.Runtime.CompilerServices;
using Nines.Api.Ec2;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// Instances as answers show them, serialised once per record and kept while they are asked for. Whatever changes an instance's disks or adapters rewrites the
/// instance in the same transaction, so the record alone says whether the bytes are still right.
/// </summary>
internal sealed class InstanceViews(InstanceMapping mapping)
{
    private static readonly Member s_item =
        Array.Find(Reservation.Schema.Members.ToArray(), member => member.Name == nameof(Reservation.Instances))!.Item!;

    private static readonly WireProtocol s_ec2 = WireProtocol.For(ProtocolKind.Ec2);

    /// <summary>Bytes that are kept of each of two generations: what nobody asked for during a whole one is dropped.</summary>
    private const int GenerationBytes = 8 << 20;

    private readonly Lock _lock = new();
    private volatile ConditionalWeakTable<Instance, byte[]> _fragments = [];
    private volatile ConditionalWeakTable<Instance, byte[]> _earlier = [];
    private int _bytes;

    /// <summary>The format of the kept bytes.</summary>
    public static string FragmentFormat => s_ec2.FragmentFormat;

    /// <summary>One instance.</summary>
    public Api.Ec2.Instance Map(Instance instance) => mapping.Map(instance);

    /// <summary>The bytes of one instance in a reservation.</summary>
    public ReadOnlyMemory<byte> Fragment(Instance instance)
    {
        if (_fragments.TryGetValue(instance, out var bytes))
        {
            return bytes;
        }

        bytes = _earlier.TryGetValue(instance, out var known) ? known : s_ec2.Fragment(s_item, Map(instance)).ToArray();
        lock (_lock)
        {
            if (_bytes > GenerationBytes)
            {
                (_earlier, _fragments, _bytes) = (_fragments, [], 0);
            }

            if (_fragments.TryAdd(instance, bytes))
            {
                _bytes += bytes.Length;
            }
        }

        return bytes;
    }

    /// <summary>Instances by their reservations, in the order in which each is met first.</summary>
    public IReadOnlyList<Reservation> ToReservations(IReadOnlyList<Instance> instances)
    {
        var byId = new Dictionary<string, List<Instance>>(instances.Count, StringComparer.Ordinal);
        var reservations = new List<Reservation>(instances.Count);
        foreach (var instance in instances)
        {
            if (!byId.TryGetValue(instance.ReservationId, out var members))
            {
                byId.Add(instance.ReservationId, members = new List<Instance>(1));
                reservations.Add(new Reservation
                {
                    Groups = [],
                    Instances = new InstanceList(this, members),
                    OwnerId = instance.AccountId,
                    ReservationId = instance.ReservationId,
                });
            }

            members.Add(instance);
        }

        return reservations;
    }

    /// <summary>The answer to a launch.</summary>
    public RunInstancesResult ToRunResult(IReadOnlyList<Instance> instances) => new()
    {
        Groups = [],
        Instances = [.. instances.Select(Map)],
        OwnerId = instances[0].AccountId,
        ReservationId = instances[0].ReservationId,
    };
}
