using System.Runtime.InteropServices;

namespace Nines.Host.Networks;

/// <summary>What the C library offers and .NET does not.</summary>
internal static class NativeMethods
{
    public const int NewNetwork = 0x40000000;
    public const int SignalHangUp = 1;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;

    /// <summary>Moves the calling thread into a namespace (setns(2)).</summary>
    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static extern int EnterNamespace(int descriptor, int kind);

    /// <summary>Sends a signal (kill(2)).</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int SendSignal(int processId, int signal);
}
