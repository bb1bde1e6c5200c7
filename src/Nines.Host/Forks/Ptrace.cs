using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nines.Host.Forks;

/// <summary>
/// The kernel's interface for debuggers (ptrace(2)), as far as copying a process, or calling the kernel in its name, needs it. Every call about a thread has to come from the one
/// thread that seized it: see <see cref="Tracer"/>.
/// </summary>
internal static class Ptrace
{
    private const int Step = 9;
    private const int GetRegisters = 12;
    private const int SetRegisters = 13;
    private const int Detach = 17;
    private const int GetEventMessage = 0x4201;
    private const int GetRegisterSet = 0x4204;
    private const int SetRegisterSet = 0x4205;
    private const int SeizeThread = 0x4206;
    private const int Interrupt = 0x4207;
    private const int GetSignalMask = 0x420a;
    private const int SetSignalMask = 0x420b;

    private const int TraceForks = 0x2 | 0x4 | 0x8; // fork, vfork, clone

    /// <summary>When the tracing thread ends, however it ends, so do those that it traces.</summary>
    private const int ExitKill = 0x100000;

    /// <summary>A hypervisor may not fork by itself. That holds again for whoever is let go.</summary>
    private const int SuspendSeccomp = 0x200000;

    private const int AllThreads = 0x40000000;
    private const int ExtendedState = 0x202; // NT_X86_XSTATE
    private const int MaxExtendedStateBytes = 1 << 14;
    private const int SignalMaskBytes = 8;
    private const int Trap = 5;
    private const int InterruptedCall = 4;

    /// <summary>Seizes a thread and stops it where it is.</summary>
    /// <param name="suspendsSandbox">Whether it may make calls that it has forbidden itself; only a privileged process can have it so.</param>
    /// <exception cref="IOException">It is gone, or may not be traced.</exception>
    public static void Seize(int thread, bool suspendsSandbox)
    {
        Check(Call(SeizeThread, thread, 0, TraceForks | ExitKill | (suspendsSandbox ? SuspendSeccomp : 0)), "traced");
        Check(Call(Interrupt, thread, 0, 0), "interrupted");
        WaitForStop(thread);
    }

    /// <summary>Waits until a thread stands still.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public static int WaitForStop(int thread)
    {
        int status;
        while (Wait(thread, out status, AllThreads) < 0)
        {
            Check(Marshal.GetLastPInvokeError() == InterruptedCall ? 0 : -1, "waited for");
        }

        // A status whose lowest byte is 0x7f is a stop (wait(2)).
        return (status & 0xff) == 0x7f ? status >> 8 : throw new IOException("A process that stood still has ended.");
    }

    /// <summary>Takes a dead process from the kernel's table, as far as it is this thread's to do.</summary>
    public static void Bury(int thread)
    {
        while (Wait(thread, out var status, AllThreads) >= 0)
        {
            if ((status & 0xff) != 0x7f)
            {
                return;
            }
        }
    }

    /// <summary>Runs one instruction.</summary>
    /// <returns>The thread or process that it made, if it did; else 0.</returns>
    public static int StepOnce(int thread)
    {
        var made = 0;
        var message = 0ul;
        while (true)
        {
            Check(Call(Step, thread, 0, 0), "stepped");
            var stop = WaitForStop(thread);
            if (stop == Trap)
            {
                return made;
            }

            if ((stop & 0xff) == Trap && Call(GetEventMessage, thread, 0, ref message) == 0)
            {
                made = (int)message;
            }
        }
    }

    public static Registers ReadRegisters(int thread)
    {
        var registers = default(Registers);
        Check(Call(GetRegisters, thread, 0, ref registers), "read");
        return registers;
    }

    public static void WriteRegisters(int thread, Registers registers) => Check(Call(SetRegisters, thread, 0, ref registers), "written");

    /// <summary>What the processor keeps beside its general registers (floating point, vectors).</summary>
    public static byte[] ReadExtendedState(int thread)
    {
        var state = new byte[MaxExtendedStateBytes];
        var pinned = GCHandle.Alloc(state, GCHandleType.Pinned);
        try
        {
            var part = new Part(pinned.AddrOfPinnedObject(), state.Length);
            Check(Call(GetRegisterSet, thread, ExtendedState, ref part), "read");
            return state[..(int)part.Length];
        }
        finally
        {
            pinned.Free();
        }
    }

    public static void WriteExtendedState(int thread, byte[] state)
    {
        var pinned = GCHandle.Alloc(state, GCHandleType.Pinned);
        try
        {
            var part = new Part(pinned.AddrOfPinnedObject(), state.Length);
            Check(Call(SetRegisterSet, thread, ExtendedState, ref part), "written");
        }
        finally
        {
            pinned.Free();
        }
    }

    public static ulong ReadSignalMask(int thread)
    {
        var mask = 0ul;
        Check(Call(GetSignalMask, thread, SignalMaskBytes, ref mask), "read");
        return mask;
    }

    public static void WriteSignalMask(int thread, ulong mask) => Check(Call(SetSignalMask, thread, SignalMaskBytes, ref mask), "written");

    /// <summary>Lets a thread go its way.</summary>
    public static void Release(int thread) => Check(Call(Detach, thread, 0, 0), "let go");

    private static void Check(nint result, string what)
    {
        if (result < 0)
        {
            throw new IOException($"A process cannot be {what}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Part(nint start, nint length)
    {
        public nint Start = start;
        public nint Length = length;
    }

    [DllImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Call(nint request, int thread, nint address, nint data);

    [DllImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Call(nint request, int thread, nint address, ref ulong data);

    [DllImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Call(nint request, int thread, nint address, ref Registers data);

    [DllImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Call(nint request, int thread, nint address, ref Part data);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(int thread, out int status, int options);
}
