namespace Nines.Host.Vms.Qmp;

/// <summary><c>block_resize</c>: makes a disk larger, and tells the guest its size even when that is no news.</summary>
/// <param name="NodeName">The block node.</param>
/// <param name="Size">In bytes.</param>
internal sealed record BlockResize(string NodeName, long Size) : IQmpCommand<QmpNothing>
{
    public static string Name => "block_resize";
}
