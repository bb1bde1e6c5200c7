namespace Nines.Host.Vms.Qmp;

/// <summary>Notes of where a disk was written to.</summary>
/// <param name="Count">How many bytes were.</param>
/// <param name="Name">What the notes are called; those that QEMU takes for itself have no name.</param>
internal sealed record DirtyBitmap(long Count, string? Name = null);
