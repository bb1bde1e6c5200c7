using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary>A block node.</summary>
/// <param name="NodeName">Its name.</param>
/// <param name="File">The path by which its file was opened.</param>
internal sealed record BlockNode(string NodeName, string? File = null)
{
    /// <summary>What it is.</summary>
    public BlockImage? Image { get; init; }

    /// <summary>Notes of where it was written to; <see langword="null"/> when there are none.</summary>
    public ImmutableArray<DirtyBitmap>? DirtyBitmaps { get; init; }
}
