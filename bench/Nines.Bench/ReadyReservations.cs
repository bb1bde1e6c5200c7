using System.Collections;
using Nines.Api.Ec2;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Bench;

/// <summary>Reservations with their bytes for an answer beside them.</summary>
internal sealed class ReadyReservations(IReadOnlyList<Reservation> reservations) : IReadOnlyList<Reservation>, IFragmentList
{
    private static readonly WireProtocol s_ec2 = WireProtocol.For(ProtocolKind.Ec2);

    private readonly ReadOnlyMemory<byte>[] _fragments =
        [.. reservations.Select(reservation => s_ec2.Fragment(DescribeInstancesResult.Schema.Members[0].Item!, reservation))];

    public int Count => reservations.Count;

    public Reservation this[int index] => reservations[index];

    public ReadOnlyMemory<byte> GetFragment(int index, string format) => format == s_ec2.FragmentFormat ? _fragments[index] : default;

    public IEnumerator<Reservation> GetEnumerator() => reservations.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
