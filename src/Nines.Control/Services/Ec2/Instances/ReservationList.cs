using System.Collections;
using Nines.Api.Ec2;
using Nines.Wire.Schemas;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The reservations of an answer: kept bytes where a reservation has one instance in it, mapped records for the others.</summary>
internal sealed class ReservationList(InstanceViews views, IReadOnlyList<IReadOnlyList<Instance>> reservations) : IReadOnlyList<Reservation>, IFragmentList
{
    public int Count => reservations.Count;

    public Reservation this[int index] => views.ToReservation(reservations[index]);

    /// <summary>Groups instances by their reservation, in the order in which each is met first.</summary>
    public static ReservationList Of(InstanceViews views, IReadOnlyList<Instance> instances)
    {
        var byId = new Dictionary<string, List<Instance>>(instances.Count, StringComparer.Ordinal);
        var reservations = new List<IReadOnlyList<Instance>>(instances.Count);
        foreach (var instance in instances)
        {
            if (!byId.TryGetValue(instance.ReservationId, out var members))
            {
                byId.Add(instance.ReservationId, members = new List<Instance>(1));
                reservations.Add(members);
            }

            members.Add(instance);
        }

        return new ReservationList(views, reservations);
    }

    public ReadOnlyMemory<byte> GetFragment(int index, string format) =>
        reservations[index] is [var only] && format == InstanceViews.FragmentFormat ? views.ReservationFragment(only) : default;

    public IEnumerator<Reservation> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
