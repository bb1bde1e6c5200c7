using System.Collections;
using Nines.Api.Ec2;
using Nines.Wire.Schemas;

namespace Nines.Wire.Tests.Protocols;

/// <summary>A list that has bytes for some of its items, and notes which others were looked at.</summary>
internal sealed class FragmentList(IReadOnlyList<Tag> tags, Func<int, ReadOnlyMemory<byte>> fragment, string format) : IReadOnlyList<Tag>, IFragmentList
{
    public List<int> Read { get; } = [];

    public int Count => tags.Count;

    public Tag this[int index]
    {
        get
        {
            Read.Add(index);
            return tags[index];
        }
    }

    public ReadOnlyMemory<byte> GetFragment(int index, string wanted) => wanted == format ? fragment(index) : default;

    public IEnumerator<Tag> GetEnumerator() => tags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
