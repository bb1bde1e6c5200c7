using Microsoft.Win32.SafeHandles;
using Nines.Host.Processes;

namespace Nines.Host.Forks;

/// <summary>
/// The first thread of a process that runs, stopped for a moment so that calls of the kernel can be made in its name; it goes on where it was. Everything here runs on one
/// thread, the process's <see cref="Tracer"/>; the process ends with it if it ends before this is disposed of.
/// </summary>
/// <remarks>Knows x86-64 alone.</remarks>
internal sealed class BorrowedThread : IDisposable
{
    /// <summary>Code that the kernel has mapped into every process.</summary>
    private const string KernelsCode = "[vdso]";

    private readonly int _pid;
    private readonly SafeFileHandle _memory;
    private readonly Registers _registers;
    private readonly ulong _callInstruction;

    private BorrowedThread(int pid, SafeFileHandle memory)
    {
        (_pid, _memory, _registers) = (pid, memory, Ptrace.ReadRegisters(pid));
        _callInstruction = FindCallInstruction();
    }

    /// <summary>Room in it for what calls are given.</summary>
    public ulong Scratch => KernelCall.ScratchOf(_registers);

    /// <summary>Stops it.</summary>
    /// <exception cref="IOException">It is gone, or may not be traced.</exception>
    /// <exception cref="UnauthorizedAccessException">Its memory may not be written to.</exception>
    public static BorrowedThread Borrow(int pid)
    {
        var memory = ProcessMemory.Open(pid);
        try
        {
            Ptrace.Seize(pid, suspendsSandbox: false);
            try
            {
                return new(pid, memory);
            }
            catch
            {
                Ptrace.Release(pid);
                throw;
            }
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Writes into its memory.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> data) => RandomAccess.Write(_memory, data, (long)address);

    /// <summary>Makes a call of the kernel in its name.</summary>
    /// <exception cref="IOException">The call failed, or the thread has ended.</exception>
    public long Call(int number, params ReadOnlySpan<ulong> arguments)
    {
        var (result, _) = KernelCall.Make(_callInstruction, _registers, _pid, number, arguments);
        return result >= 0 ? result : throw new IOException($"Call {number} in the name of process {_pid} failed: error {-result}.");
    }

    /// <summary>Lets it go on.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public void Dispose()
    {
        _memory.Dispose();
        Ptrace.WriteRegisters(_pid, _registers.Resumed());
        Ptrace.Release(_pid);
    }

    /// <summary>The one that the thread sleeps in, or one of the kernel's own.</summary>
    private ulong FindCallInstruction()
    {
        if (KernelCall.IsAt(_memory, _registers.Rip - 2))
        {
            return _registers.Rip - 2;
        }

        var code = ProcessMappings.Of(_pid).FirstOrDefault(mapping => mapping.File == KernelsCode);
        for (var address = code?.Start ?? 0; address < code?.Start + code?.Length; address++)
        {
            if (KernelCall.IsAt(_memory, address))
            {
                return address;
            }
        }

        throw new IOException($"Process {_pid} has no code that calls the kernel.");
    }
}
