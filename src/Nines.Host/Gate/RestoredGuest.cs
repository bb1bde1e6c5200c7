using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>What a machine that starts as a copy of a kept guest needs beside its command line.</summary>
/// <param name="Kept">The guest.</param>
/// <param name="Document">Renders what it is told at the gate, with the time as it then is.</param>
/// <param name="DiskBytes">Size of its root disk.</param>
/// <param name="Zygote">What its hypervisor is forked of, if it is.</param>
internal sealed record RestoredGuest(KeptGuest Kept, Func<byte[]> Document, long DiskBytes, Zygote? Zygote = null)
{
    /// <summary>Where its hypervisor finds the memory: a descriptor that its launch opens.</summary>
    public static readonly GuestMemory Memory = new($"/proc/self/fd/{QemuLauncher.MemoryDescriptor}", Keep: false);
}
