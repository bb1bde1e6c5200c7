using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>block-dirty-bitmap-merge</c>: notes in one bitmap what others have noted so far.</summary>
/// <param name="Node">The disk.</param>
/// <param name="Target">The bitmap that takes.</param>
/// <param name="Bitmaps">Those that give.</param>
internal sealed record DirtyBitmapMerge(string Node, string Target, ImmutableArray<string> Bitmaps) : IQmpCommand<QmpNothing>
{
    public static string Name => "block-dirty-bitmap-merge";
}
