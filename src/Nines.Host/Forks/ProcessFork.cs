using System.Buffers.Binary;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Nines.Host.Processes;

namespace Nines.Host.Forks;

/// <summary>A copy of a frozen process that stands still and can be given other files and other data, until it is let go.</summary>
internal sealed class ProcessFork : IDisposable
{
    private const int CallClose = 3;
    private const int CallDup2 = 33;
    private const int CallRecvmsg = 47;

    private readonly FrozenProcess _model;
    private readonly List<(int Thread, ThreadState Model)> _threads;
    private readonly SafeFileHandle _memory;
    private bool _isReleased;

    public ProcessFork(FrozenProcess model, int pid)
    {
        _model = model;
        _threads = [(pid, model.First)];
        _memory = ProcessMemory.Open(pid);
    }

    /// <summary>Its number.</summary>
    public int Pid => _threads[0].Thread;

    /// <summary>Notes a thread that was made in it.</summary>
    /// <exception cref="IOException">None was.</exception>
    public void Add(ThreadState model, int thread)
    {
        if (thread == 0)
        {
            throw new IOException($"Thread {model.Thread} could not be copied.");
        }

        _threads.Add((thread, model));
        Ptrace.WaitForStop(thread);
    }

    /// <summary>Writes into its memory.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> data) => RandomAccess.Write(_memory, data, (long)address);

    /// <summary>Makes a call of the kernel in its name.</summary>
    /// <exception cref="IOException">The call failed.</exception>
    public long Call(int number, params ReadOnlySpan<ulong> arguments)
    {
        var (result, _) = _model.Call(_model.First, Pid, number, arguments);
        return result >= 0 ? result : throw new IOException($"Call {number} of copied process {Pid} failed: error {-result}.");
    }

    /// <summary>Takes over the files that were sent to a socket of its, and has them stand in the places of others.</summary>
    /// <param name="socket">Its socket: the number of its descriptor.</param>
    /// <param name="targets">The places, in the order in which the files were sent.</param>
    /// <exception cref="IOException">They are not there.</exception>
    public void Receive(int socket, ImmutableArray<int> targets)
    {
        var (part, data, control) = (_model.Scratch + 64, _model.Scratch + 80, _model.Scratch + 128);
        Write(_model.Scratch, DescriptorPassing.Header(part, control, DescriptorPassing.ControlBytes(targets.Length)));
        Write(part, DescriptorPassing.Part(data, 1));
        Call(CallRecvmsg, (ulong)socket, _model.Scratch, 0);
        var received = new byte[DescriptorPassing.ControlHeaderBytes + (targets.Length * sizeof(int))];
        RandomAccess.Read(_memory, received, (long)control);
        if (BinaryPrimitives.ReadInt64LittleEndian(received) != received.Length)
        {
            throw new IOException($"Copied process {Pid} was not given its {targets.Length} files.");
        }

        for (var index = 0; index < targets.Length; index++)
        {
            var descriptor = (ulong)BinaryPrimitives.ReadInt32LittleEndian(received.AsSpan(DescriptorPassing.ControlHeaderBytes + (index * sizeof(int))));
            Call(CallDup2, descriptor, (ulong)targets[index]);
            Call(CallClose, descriptor);
        }
    }

    /// <summary>Lets it go: all its threads go on from where their models stand.</summary>
    public void Release()
    {
        foreach (var (thread, model) in _threads)
        {
            model.Give(thread);
        }

        foreach (var (thread, _) in _threads)
        {
            Ptrace.Release(thread);
        }

        _isReleased = true;
    }

    /// <summary>Ends it, unless it was let go.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        if (!_isReleased)
        {
            if (ProcessTable.Find(Pid) is { } process)
            {
                ProcessTable.Kill(process);
            }

            foreach (var (thread, _) in Enumerable.Reverse(_threads))
            {
                Ptrace.Bury(thread);
            }
        }
    }
}
