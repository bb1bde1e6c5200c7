using System.Collections;
using Nines.Wire.Schemas;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The instances of a reservation in an answer: kept bytes for the protocol, mapped records for whoever reads them.</summary>
internal sealed class InstanceList(InstanceViews views, IReadOnlyList<Instance> instances) : IReadOnlyList<Api.Ec2.Instance>, IFragmentList
{
    public int Count => instances.Count;

    public Api.Ec2.Instance this[int index] => views.Map(instances[index]);

    public ReadOnlyMemory<byte> GetFragment(int index, string format) => format == InstanceViews.FragmentFormat ? views.Fragment(instances[index]) : default;

    public IEnumerator<Api.Ec2.Instance> GetEnumerator() => instances.Select(views.Map).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
