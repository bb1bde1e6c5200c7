namespace Nines.Host.Vms.Qmp;

/// <summary>A device that has a disk.</summary>
/// <param name="Qdev">Where the device is: <c>/machine/peripheral/</c>, its id, and more; absent for what is no device.</param>
/// <param name="Inserted">The disk.</param>
internal sealed record BlockInfo(string? Qdev, BlockInserted? Inserted);
