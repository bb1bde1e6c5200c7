using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Nines.Host.Forks;

/// <summary>Opens what a copied process is to have in the place of its model's files.</summary>
internal static class NativeFiles
{
    private const int UnixFamily = 1;
    private const int Stream = 1;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int WriteOnly = 1;
    private const int Append = 0x400;
    private const int MaxPathBytes = 107;
    private const int OpenProcess = 434; // pidfd_open(2)
    private const int GetDescriptor = 438; // pidfd_getfd(2)

    /// <summary>A counter to wake a loop by (eventfd(2)).</summary>
    /// <param name="flags">How it is open, as <c>/proc/PID/fdinfo</c> says.</param>
    public static SafeFileHandle EventCounter(int flags) => Handle(Eventfd(0, (flags & NonBlocking) | CloseOnExec), "counter");

    /// <summary>A set of files that are waited for, with none in it (epoll_create1(2)).</summary>
    public static SafeFileHandle WaitSet() => Handle(MakeWaitSet(CloseOnExec), "set of files to wait for");

    /// <summary>A path without symbolic links, as the kernel names what is open.</summary>
    public static string RealPath(string path)
    {
        var found = Resolve(path, 0);
        try
        {
            return Marshal.PtrToStringUTF8(found) ?? path;
        }
        finally
        {
            Free(found);
        }
    }

    /// <summary>A file to write to, always at its end.</summary>
    public static SafeFileHandle Log(string path) => Handle(Open(path, WriteOnly | Append | CloseOnExec, 0), path);

    /// <summary>A Unix socket that takes connections; its file stays when it is closed.</summary>
    public static SafeFileHandle Listener(string path)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length > MaxPathBytes)
        {
            throw new IOException($"{path} is longer than a socket's path may be.");
        }

        var socket = Handle(MakeSocket(UnixFamily, Stream | CloseOnExec, 0), path);
        byte[] address = [UnixFamily, 0, .. name, 0];
        if (Bind(socket, address, address.Length) != 0 || Listen(socket, 1) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            socket.Dispose();
            throw Failed(path, error);
        }

        return socket;
    }

    /// <summary>The two ends of a connection.</summary>
    public static (SafeFileHandle Mine, SafeFileHandle Theirs) Connection()
    {
        var ends = new int[2];
        return MakePair(UnixFamily, Stream | CloseOnExec | NonBlocking, 0, ends) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw Failed("connection", Marshal.GetLastPInvokeError());
    }

    /// <summary>What another process has open.</summary>
    public static SafeFileHandle Of(int pid, int descriptor)
    {
        using var process = Handle((int)Call(OpenProcess, pid, 0, 0), "process");
        return Handle((int)Call(GetDescriptor, (int)process.DangerousGetHandle(), descriptor, 0), "descriptor");
    }

    private static SafeFileHandle Handle(int descriptor, string what) =>
        descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw Failed(what, Marshal.GetLastPInvokeError());

    private static IOException Failed(string what, int error) => new($"A copied process cannot be given its {what}.", new Win32Exception(error));

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Eventfd(uint value, int flags);

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeWaitSet(int flags);

    [DllImport("libc", EntryPoint = "realpath", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Resolve([MarshalAs(UnmanagedType.LPUTF8Str)] string path, nint room);

    [DllImport("libc", EntryPoint = "free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Free(nint memory);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeSocket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePair(int family, int type, int protocol, [Out] int[] ends);

    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Bind(SafeHandle socket, byte[] address, int length);

    [DllImport("libc", EntryPoint = "listen", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Listen(SafeHandle socket, int waiting);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Call(nint number, nint first, nint second, nint third);
}
