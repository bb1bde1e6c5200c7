using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>block-dirty-bitmap-remove</c>: forgets where a disk was written to.</summary>
/// <param name="Node">The disk.</param>
/// <param name="Bitmap">What the notes are called.</param>
internal sealed record DirtyBitmapRemove(string Node, [property: JsonPropertyName("name")] string Bitmap) : IQmpCommand<QmpNothing>
{
    public static string Name => "block-dirty-bitmap-remove";
}
