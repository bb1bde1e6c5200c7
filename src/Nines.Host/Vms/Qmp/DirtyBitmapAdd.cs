using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>block-dirty-bitmap-add</c>: notes where a disk is written to from now on.</summary>
/// <param name="Node">The disk.</param>
/// <param name="Bitmap">What the notes are called.</param>
/// <param name="Granularity">Bytes that one bit stands for.</param>
internal sealed record DirtyBitmapAdd(string Node, [property: JsonPropertyName("name")] string Bitmap, int Granularity) : IQmpCommand<QmpNothing>
{
    public static string Name => "block-dirty-bitmap-add";

    /// <summary>Whether it notes nothing by itself, and only what is merged into it.</summary>
    public bool? Disabled { get; init; }
}
