using System.Runtime.InteropServices;

namespace Nines.Host.Forks;

/// <summary>A thread's general registers on x86-64, in the kernel's order (<c>user_regs_struct</c>, sys/user.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Registers
{
    /// <summary>A call that a signal interrupted ends with one of these, and begins anew when nobody has changed the registers (include/linux/errno.h).</summary>
    private static readonly long[] Restarts = [-512, -513, -514, -516];

    private const int CallInstructionBytes = 2;

    public ulong R15, R14, R13, R12, Rbp, Rbx, R11, R10, R9, R8, Rax, Rcx, Rdx, Rsi, Rdi, OriginalRax, Rip, Cs, Flags, Rsp, Ss, FsBase, GsBase, Ds, Es, Fs, Gs;

    /// <summary>The same thread about to do again what it was doing: a call that it slept in begins anew.</summary>
    public readonly Registers Resumed()
    {
        var resumed = this;
        if ((long)OriginalRax >= 0 && Restarts.Contains((long)Rax))
        {
            resumed.Rax = OriginalRax;
            resumed.Rip -= CallInstructionBytes;
        }

        resumed.OriginalRax = ulong.MaxValue;
        return resumed;
    }
}
