using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>The machine that an OVA describes.</summary>
/// <param name="Name">What it and its files are called.</param>
/// <param name="DiskBytes">Size that a guest sees of its disk.</param>
/// <param name="IsUefi">Whether its disk is started by UEFI.</param>
internal sealed record OvaMachine(string Name, long DiskBytes, bool IsUefi)
{
    /// <summary>What is on its disk.</summary>
    public GuestPlatform Platform { get; init; }

    /// <summary>Which devices its guest drives.</summary>
    public DeviceModel Devices { get; init; }

    public int VCpus { get; init; } = 2;

    public int MemoryMiB { get; init; } = 2048;
}
