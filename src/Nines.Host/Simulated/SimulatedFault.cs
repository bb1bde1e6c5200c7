namespace Nines.Host.Simulated;

/// <summary>What goes wrong at a step.</summary>
public enum SimulatedFault
{
    None,

    /// <summary>A call does not arrive: it fails and has done nothing.</summary>
    LostRequest,

    /// <summary>A call arrives and its answer does not: it fails and has been done.</summary>
    LostReply,

    /// <summary>A call arrives twice; the second answer is the one that is seen.</summary>
    Repeat,

    /// <summary>The step takes longer by <see cref="SimulatedHostOptions.SlowTime"/>.</summary>
    Slow,

    /// <summary>
    /// At a call: it arrives, then the agent dies before its answer and starts again. At a machine's step: the machine's process
    /// dies, or cannot be started.
    /// </summary>
    Crash,
}
