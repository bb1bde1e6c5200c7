namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-snapshot</c>: puts a disk over another; what the guest has written is flushed, and from then on it writes to the new one.</summary>
/// <param name="Node">The block node that the guest writes to.</param>
/// <param name="Overlay">The block node that it will write to.</param>
internal sealed record BlockdevSnapshot(string Node, string Overlay) : IQmpCommand<QmpNothing>
{
    public static string Name => "blockdev-snapshot";
}
