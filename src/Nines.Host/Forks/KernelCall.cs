using Microsoft.Win32.SafeHandles;

namespace Nines.Host.Forks;

/// <summary>A call of the kernel that a thread that stands still is made to make. Knows x86-64 alone.</summary>
internal static class KernelCall
{
    /// <summary>Below a thread's stack: beyond what a function without a frame of its own may use (System V ABI, AMD64: 128 bytes).</summary>
    private const ulong ScratchDistance = 4096;

    /// <summary>Whether what makes calls (<c>syscall</c>) is at an address.</summary>
    public static bool IsAt(SafeFileHandle memory, ulong address)
    {
        Span<byte> instruction = stackalloc byte[2];
        return RandomAccess.Read(memory, instruction, (long)address) == 2 && instruction.SequenceEqual<byte>([0x0f, 0x05]);
    }

    /// <summary>Room for what calls of a thread are given and give.</summary>
    public static ulong ScratchOf(Registers registers) => (registers.Rsp - ScratchDistance) & ~63ul;

    /// <summary>Makes one. The thread's registers are others afterwards.</summary>
    /// <param name="instruction">Where what makes calls is in the process's memory.</param>
    /// <param name="registers">Those that the thread, or its model, stands with.</param>
    /// <returns>What the call returned, and the thread or process that it made, or 0.</returns>
    /// <exception cref="IOException">The thread has ended.</exception>
    public static (long Result, int Made) Make(ulong instruction, Registers registers, int thread, int number, ReadOnlySpan<ulong> arguments)
    {
        registers.Rax = (ulong)number;
        registers.Rdi = At(arguments, 0);
        registers.Rsi = At(arguments, 1);
        registers.Rdx = At(arguments, 2);
        registers.R10 = At(arguments, 3);
        registers.R8 = At(arguments, 4);
        registers.R9 = At(arguments, 5);
        registers.Rip = instruction;
        registers.OriginalRax = ulong.MaxValue;
        Ptrace.WriteRegisters(thread, registers);
        var made = Ptrace.StepOnce(thread);
        return ((long)Ptrace.ReadRegisters(thread).Rax, made);
    }

    private static ulong At(ReadOnlySpan<ulong> arguments, int index) => index < arguments.Length ? arguments[index] : 0;
}
