using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>block-dirty-bitmap-merge</c>: notes in one bitmap what those of other disks have noted so far.</summary>
/// <param name="Node">The disk.</param>
/// <param name="Target">The bitmap that takes.</param>
/// <param name="Bitmaps">Those that give.</param>
internal sealed record DirtyBitmapGather(string Node, string Target, ImmutableArray<DirtyBitmapGather.Source> Bitmaps) : IQmpCommand<QmpNothing>
{
    public static string Name => DirtyBitmapMerge.Name;

    /// <param name="Node">A disk.</param>
    /// <param name="Bitmap">Its bitmap.</param>
    internal sealed record Source(string Node, [property: JsonPropertyName("name")] string Bitmap);
}
