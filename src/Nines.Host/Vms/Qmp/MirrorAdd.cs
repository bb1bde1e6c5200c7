using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-add</c> of a disk whose writes go to two others, and are done when both have them; reads go to the first that can.</summary>
/// <param name="NodeName">What it will be called.</param>
/// <param name="Children">The nodes.</param>
internal sealed record MirrorAdd(string NodeName, ImmutableArray<string> Children) : IQmpCommand<QmpNothing>
{
    public static string Name => BlockdevAdd.Name;

    public string Driver { get; } = "quorum";

    /// <summary>So many must have a write before it is done, however many there are.</summary>
    public int VoteThreshold { get; } = 2;

    public string ReadPattern { get; } = "fifo";
}
