using System.Runtime.InteropServices;

namespace Nines.Composition;

/// <summary>Sends POSIX signals, which .NET does not (kill(2)).</summary>
internal static partial class Signals
{
    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal; answers why it could not be sent, or <see langword="null"/>. A process that is gone already is no error.</summary>
    public static string? Send(int processId, int signal)
    {
        const int NoSuchProcess = 3;
        if (Kill(processId, signal) == 0)
        {
            return null;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
