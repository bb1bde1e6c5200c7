namespace Nines.Host.Vms;

/// <summary>Where the memory of a guest that was kept, or is to be kept, comes from.</summary>
/// <param name="Path">The file that it is mapped from, as the hypervisor opens it; <see langword="null"/> for none.</param>
/// <param name="Keep">Whether the guest writes into the file, for it to be kept; else what it writes is its own (copy on write).</param>
internal sealed record GuestMemory(string? Path, bool Keep)
{
    /// <summary>Memory of no file, for a guest that was once a copy of a kept one.</summary>
    public static readonly GuestMemory Own = new(null, Keep: false);
}
