using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>block-export-add</c>: a disk can be read over the server's socket.</summary>
/// <param name="Id">What the export is called here.</param>
/// <param name="NodeName">The disk.</param>
/// <param name="Name">What clients call it.</param>
internal sealed record BlockExportAdd(string Id, string NodeName, string Name) : IQmpCommand<QmpNothing>
{
    static string IQmpCommand<QmpNothing>.Name => "block-export-add";

    public string Type { get; } = "nbd";

    /// <summary>Bitmaps of what was written that clients can ask for.</summary>
    public ImmutableArray<string>? Bitmaps { get; init; }
}
