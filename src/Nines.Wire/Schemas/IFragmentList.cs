namespace Nines.Wire.Schemas;

/// <summary>
/// A list of structures that keeps the bytes its items were serialised to, so that an answer with thousands of items
/// copies them and never looks at the items again. The bytes are made with <c>WireProtocol.Fragment</c>;
/// whoever keeps them must drop them when the item changes. Implement it beside <see cref="IReadOnlyList{T}"/>.
/// </summary>
public interface IFragmentList
{
    /// <summary>The bytes of one item in the named format (<c>WireProtocol.FragmentFormat</c>), or empty when there are none.</summary>
    ReadOnlyMemory<byte> GetFragment(int index, string format);
}
