namespace Nines.Host.Forks;

/// <summary>Where a thread stands, so that another one can go on from there.</summary>
/// <param name="Thread">Its number.</param>
/// <param name="Registers">Its general registers.</param>
/// <param name="ExtendedState">Its other registers.</param>
/// <param name="SignalMask">The signals that it does not take.</param>
/// <param name="NumberAddress">Where the C library keeps its number, and has the kernel clear it at its end; 0: nowhere.</param>
internal sealed record ThreadState(int Thread, Registers Registers, byte[] ExtendedState, ulong SignalMask, ulong NumberAddress)
{
    /// <summary>Reads it of a thread that stands still.</summary>
    public static ThreadState Of(int thread) => new(thread, Ptrace.ReadRegisters(thread), Ptrace.ReadExtendedState(thread), Ptrace.ReadSignalMask(thread), 0);

    /// <summary>Has another thread, which stands still, go on from here once it is let go.</summary>
    public void Give(int thread)
    {
        Ptrace.WriteRegisters(thread, Registers.Resumed());
        Ptrace.WriteExtendedState(thread, ExtendedState);
        Ptrace.WriteSignalMask(thread, SignalMask);
    }
}
