using System.Runtime.CompilerServices;
using Nines.Api.Ec2;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// Instances as answers show them, mapped and serialised once per record. Whatever changes an instance's disks or adapters
/// rewrites the instance in the same transaction, so the record alone says whether the bytes are still right.
/// </summary>
internal sealed class InstanceViews(InstanceMapping mapping)
{
    private static readonly Member s_reservationItem =
        Array.Find(DescribeInstancesResult.Schema.Members.ToArray(), member => member.Name == nameof(DescribeInstancesResult.Reservations))!.Item!;

    private static readonly WireProtocol s_ec2 = WireProtocol.For(ProtocolKind.Ec2);

    private readonly ConditionalWeakTable<Instance, byte[]> _fragments = [];

    /// <summary>The format of the kept bytes.</summary>
    public static string FragmentFormat => s_ec2.FragmentFormat;

    /// <summary>One instance.</summary>
    public Api.Ec2.Instance Map(Instance instance) => mapping.Map(instance);

    /// <summary>Instances that were launched together, as DescribeInstances shows them.</summary>
    public Reservation ToReservation(IReadOnlyList<Instance> instances) => new()
    {
        Groups = [],
        Instances = [.. instances.Select(Map)],
        OwnerId = instances[0].AccountId,
        ReservationId = instances[0].ReservationId,
    };

    /// <summary>The bytes of a reservation that has this instance alone.</summary>
    public ReadOnlyMemory<byte> ReservationFragment(Instance instance) =>
        _fragments.GetValue(instance, key => s_ec2.Fragment(s_reservationItem, ToReservation([key])).ToArray());

    /// <summary>The answer to a launch.</summary>
    public RunInstancesResult ToRunResult(IReadOnlyList<Instance> instances) => new()
    {
        Groups = [],
        Instances = [.. instances.Select(Map)],
        OwnerId = instances[0].AccountId,
        ReservationId = instances[0].ReservationId,
    };
}
