namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-snapshot</c>: puts a disk over another; what the guest has written is flushed, and from then on it writes to the new one.</summary>
/// <param name="Data">Which disks.</param>
internal sealed record TransactionAction(TransactionAction.Disks Data)
{
    /// <summary>The only action here.</summary>
    public string Type { get; } = "blockdev-snapshot";

    /// <param name="Node">The block node that the guest writes to.</param>
    /// <param name="Overlay">The block node that it will write to.</param>
    internal sealed record Disks(string Node, string Overlay);
}
