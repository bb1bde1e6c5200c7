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

    /// <summary>The number of a link in the calling thread's namespace; 0 when there is none (if_nametoindex(3)).</summary>
    [DllImport("libc", EntryPoint = "if_nametoindex", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    public static extern int InterfaceIndex(string name);

    /// <summary>Makes a socket (socket(2)).</summary>
    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static extern int OpenSocket(int family, int type, int protocol);

    /// <summary>Gives a socket an address (bind(2)).</summary>
    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static extern int Bind(int descriptor, byte[] address, int length);

    /// <summary>A socket's address (getsockname(2)).</summary>
    [DllImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static extern int OwnAddress(int descriptor, byte[] address, ref int length);

    /// <summary>Sends a packet (sendto(2)).</summary>
    [DllImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static extern nint SendTo(int descriptor, byte[] packet, nint length, int flags, byte[] address, int addressLength);

    /// <summary>Receives a packet (recv(2)).</summary>
    [DllImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static extern nint Receive(int descriptor, byte[] packet, nint length, int flags);

    /// <summary>Sends a signal (kill(2)).</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int SendSignal(int processId, int signal);
}
