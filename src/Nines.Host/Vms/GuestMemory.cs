namespace Nines.Host.Vms;

/// <summary>A file that a guest's memory is mapped from.</summary>
/// <param name="Path">The file, as the hypervisor opens it.</param>
/// <param name="Keep">Whether the guest writes into the file, for it to be kept; else what it writes is its own (copy on write).</param>
internal sealed record GuestMemory(string Path, bool Keep);
