namespace Nines.Host.Vms.Qmp;

/// <summary><c>x-blockdev-change</c>: gives a disk of several one more, or takes one from it.</summary>
/// <param name="Parent">The node that has several.</param>
internal sealed record MirrorChange(string Parent) : IQmpCommand<QmpNothing>
{
    public static string Name => "x-blockdev-change";

    /// <summary>The node that it gets.</summary>
    public string? Node { get; init; }

    /// <summary>What it calls the one that it loses (<see cref="BlockEdge.Name"/>).</summary>
    public string? Child { get; init; }
}
