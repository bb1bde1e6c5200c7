namespace Nines.Host.Processes;

/// <summary>A process, told apart from a later one that got the same number.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartTicks">When it started, in clock ticks since the machine's own boot (proc_pid_stat(5), field 22).</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks);
