using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Nines.Host.Processes;

namespace Nines.Host.Forks;

/// <summary>
/// A process of many threads that stands still for good, and is copied with all of them. fork(2) copies one thread only, and a hypervisor may not call
/// it; so the call is made in its name, and the other threads are made anew in the copy, each where its model stands (the way of CRIU, without its files).
/// The copy shares all memory with its model until one of them writes to it. Everything here runs on the process's <see cref="Tracer"/>.
/// </summary>
/// <remarks>Knows x86-64 alone.</remarks>
internal sealed class FrozenProcess
{
    private const int CallMadvise = 28;
    private const int CallClone = 56;
    private const int CallPrctl = 157;
    private const ulong DoFork = 11; // MADV_DOFORK
    private const ulong NoHugePages = 15; // MADV_NOHUGEPAGE
    private const int GetNumberAddress = 40; // PR_GET_TID_ADDRESS
    private const int SetName = 15; // PR_SET_NAME
    private const int MaxNameBytes = 15;

    // clone(2)
    private const ulong ShareMemory = 0x100;
    private const ulong ShareFolders = 0x200;
    private const ulong ShareFiles = 0x400;
    private const ulong ShareHandlers = 0x800;
    private const ulong SameParent = 0x8000;
    private const ulong SameGroup = 0x10000;
    private const ulong ShareSemaphores = 0x40000;
    private const ulong SetThreadArea = 0x80000;
    private const ulong ClearNumber = 0x200000;
    private const ulong SetNumber = 0x1000000;
    private const ulong ChildSignal = 17;
    private const ulong NewProcess = SameParent | SetNumber | ClearNumber | ChildSignal;
    private const ulong NewThread = ShareMemory | ShareFolders | ShareFiles | ShareHandlers | SameGroup | ShareSemaphores | SetThreadArea | SetNumber | ClearNumber;

    private readonly ImmutableArray<ThreadState> _threads;
    private readonly ulong _callInstruction;

    private FrozenProcess(ImmutableArray<ThreadState> threads, ulong callInstruction) => (_threads, _callInstruction) = (threads, callInstruction);

    /// <summary>The process.</summary>
    public int Pid => _threads[0].Thread;

    /// <summary>The state that a copy's first thread goes on from.</summary>
    public ThreadState First => _threads[0];

    /// <summary>Room in it for what calls are given and give.</summary>
    public ulong Scratch => KernelCall.ScratchOf(_threads[0].Registers);

    /// <summary>Whether this machine's processor is one that is known here.</summary>
    public static bool IsSupported => RuntimeInformation.ProcessArchitecture is Architecture.X64;

    /// <summary>Stops all threads of a process where they are. It never runs again, and ends when the calling thread does.</summary>
    /// <exception cref="IOException">It is gone, may not be traced, or does not sleep in any call.</exception>
    public static FrozenProcess Freeze(int pid)
    {
        var threads = SeizeAll(pid);
        using var memory = ProcessMemory.Open(pid);
        var states = threads.Select(ThreadState.Of).ToImmutableArray();
        if (ProcessMappings.Of(pid).FirstOrDefault(mapping => mapping.IsWrittenTogether) is { } together)
        {
            throw new IOException($"Process {pid} has {together.File} mapped where its forks would write into it too.");
        }

        var instruction = states.Select(state => state.Registers.Rip - 2).FirstOrDefault(address => KernelCall.IsAt(memory, address));
        var process = new FrozenProcess(states, instruction != 0 ? instruction : throw new IOException($"No thread of process {pid} sleeps."));
        return process.WithNumberAddresses(memory).WithWholeMemory();
    }

    /// <summary>Makes a copy, whose threads stand still until it is let go.</summary>
    /// <param name="name">What it is called in lists of processes.</param>
    /// <exception cref="IOException">It could not be made; there is none.</exception>
    public ProcessFork Fork(string name)
    {
        var (first, made) = Call(_threads[0], Pid, CallClone, NewProcess, 0, 0, _threads[0].NumberAddress);
        if (made == 0)
        {
            throw new IOException($"Process {Pid} could not be copied: error {-first}.");
        }

        var fork = new ProcessFork(this, made);
        try
        {
            Ptrace.WaitForStop(made);
            fork.Write(Scratch, [.. Encoding.ASCII.GetBytes(name).Take(MaxNameBytes), 0]);
            fork.Call(CallPrctl, SetName, Scratch);
            foreach (var model in _threads.Skip(1))
            {
                fork.Add(model, Call(_threads[0], made, CallClone, NewThread, model.Registers.Rsp, 0, model.NumberAddress, model.Registers.FsBase).Made);
            }

            return fork;
        }
        catch
        {
            fork.Dispose();
            throw;
        }
    }

    /// <summary>Has a thread make a call of the kernel.</summary>
    /// <param name="state">Where the thread, or its model, stands.</param>
    /// <returns>What the call returned, and the thread or process that it made, or 0.</returns>
    public (long Result, int Made) Call(ThreadState state, int thread, int number, params ReadOnlySpan<ulong> arguments) =>
        KernelCall.Make(_callInstruction, state.Registers, thread, number, arguments);

    /// <summary>Until there is none that is not seized: one that runs may make another, and one may end.</summary>
    private static List<int> SeizeAll(int pid)
    {
        var seized = new List<int>();
        while (true)
        {
            var others = Directory.GetDirectories($"/proc/{pid}/task").Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)).Except(seized)
                .OrderBy(thread => thread != pid).ToArray();
            if (others.Length == 0)
            {
                return seized;
            }

            foreach (var thread in others)
            {
                try
                {
                    Ptrace.Seize(thread, suspendsSandbox: true);
                    seized.Add(thread);
                }
                catch (IOException) when (thread != pid && !Directory.Exists($"/proc/{pid}/task/{thread}"))
                {
                    // It has ended.
                }
            }
        }
    }

    /// <summary>The C library tells threads by their numbers; a copy's are others.</summary>
    private FrozenProcess WithNumberAddresses(SafeFileHandle memory)
    {
        Span<byte> address = stackalloc byte[8];
        var threads = ImmutableArray.CreateBuilder<ThreadState>(_threads.Length);
        foreach (var state in _threads)
        {
            var (result, _) = Call(state, state.Thread, CallPrctl, GetNumberAddress, Scratch);
            RandomAccess.Read(memory, address, (long)Scratch);
            threads.Add(state with { NumberAddress = result == 0 ? BitConverter.ToUInt64(address) : throw new IOException($"The kernel does not say where threads keep their numbers: error {-result}.") });
        }

        return new(threads.MoveToImmutable(), _callInstruction);
    }

    /// <summary>
    /// QEMU leaves its guest's memory out of forks; these shall have it. It asks for huge pages, too; of what forks write here and there they shall not have more than that.
    /// </summary>
    private FrozenProcess WithWholeMemory()
    {
        foreach (var mapping in ProcessMappings.Of(Pid))
        {
            if (mapping.IsLeftOut)
            {
                Advise(mapping, DoFork);
            }

            if (mapping.IsInHugePages)
            {
                Advise(mapping, NoHugePages);
            }
        }

        return this;
    }

    private void Advise(ProcessMapping mapping, ulong advice)
    {
        var (result, _) = Call(_threads[0], Pid, CallMadvise, mapping.Start, mapping.Length, advice);
        if (result != 0)
        {
            throw new IOException($"The memory of process {Pid} at {mapping.Start:x} cannot be copied: error {-result}.");
        }
    }
}
