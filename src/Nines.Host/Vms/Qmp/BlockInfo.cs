namespace Nines.Host.Vms.Qmp;

/// <summary>A device that has a disk.</summary>
/// <param name="Qdev">Where the device is: its id, or, of a part of one, <c>/machine/peripheral/</c>, the id, and more; absent for what is no device.</param>
/// <param name="Inserted">The disk.</param>
internal sealed record BlockInfo(string? Qdev, BlockInserted? Inserted);
