using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Nines.Host.Networks;

/// <summary>Opens taps for hypervisors that cannot do so themselves (kernel documentation: networking/tuntap; linux/if_tun.h, linux/ethtool.h).</summary>
internal static class TapDescriptor
{
    private const string Device = "/dev/net/tun";
    private const int ReadWriteNonBlockingCloseOnExec = 2 | 0x800 | 0x80000;
    private const uint SetInterface = 0x400454ca;
    private const uint SetOffload = 0x400454d0;
    private const uint GetInterface = 0x800454d2;
    private const uint GetSendBuffer = 0x800454d3;
    private const uint SetSendBuffer = 0x400454d4;
    private const uint GetHeaderSize = 0x800454d7;
    private const uint SetHeaderSize = 0x400454d8;
    private const uint AskEthernet = 0x8946; // SIOCETHTOOL
    private const uint AskChecksums = 0x16; // ETHTOOL_GTXCSUM
    private const uint AskSegmentation = 0x1e; // ETHTOOL_GTSO
    private const int Checksums = 1;
    private const int Segmentation = 2 | 4 | 8; // IPv4, IPv6, congestion notification
    private const int RequestBytes = 40;
    private const int NameBytes = 16;
    private const int InternetFamily = 2;
    private const int Datagrams = 2 | 0x80000;

    /// <summary>What an adapter of a guest that is started with its cable out may use.</summary>
    private const short Usual = 0x0002 | 0x1000 | 0x4000; // a tap, no packet information, headers of virtio-net

    /// <summary>Opens a tap that is there, for a hypervisor to use as it likes.</summary>
    /// <exception cref="IOException">It is not there, or another has it.</exception>
    public static SafeFileHandle Open(string namespacePath, string tap) => NetworkNamespace.Run(namespacePath, () => Attach(tap, Usual));

    /// <summary>Opens a tap that is there as another one is open.</summary>
    /// <exception cref="IOException">It is not there, or another has it.</exception>
    public static SafeFileHandle Open(string namespacePath, string tap, TapSettings settings)
    {
        var file = NetworkNamespace.Run(namespacePath, () => Attach(tap, settings.Flags));
        try
        {
            Set(file, SetHeaderSize, settings.HeaderBytes);
            Set(file, SetSendBuffer, settings.SendBuffer);
            Demand(Control(file, SetOffload, settings.Offloads), tap);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How a hypervisor has a tap open.</summary>
    /// <param name="file">Its descriptor.</param>
    /// <param name="namespacePath">Where the tap is.</param>
    /// <param name="tap">Its name.</param>
    public static TapSettings SettingsOf(SafeFileHandle file, string namespacePath, string tap)
    {
        var request = new byte[RequestBytes];
        Demand(Control(file, GetInterface, request), tap);
        var flags = BinaryPrimitives.ReadInt16LittleEndian(request.AsSpan(NameBytes));
        var offloads = NetworkNamespace.Run(namespacePath, () => (Has(tap, AskChecksums) ? Checksums : 0) | (Has(tap, AskSegmentation) ? Segmentation : 0));
        return new(flags, Get(file, GetHeaderSize), Get(file, GetSendBuffer), offloads);
    }

    private static SafeFileHandle Attach(string tap, short flags)
    {
        var descriptor = OpenFile(Device, ReadWriteNonBlockingCloseOnExec, 0);
        Demand(descriptor, Device);
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var request = RequestFor(tap);
        BinaryPrimitives.WriteInt16LittleEndian(request.AsSpan(NameBytes), flags);
        if (Control(file, SetInterface, request) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            file.Dispose();
            throw Failed(tap, error);
        }

        return file;
    }

    private static bool Has(string tap, uint question)
    {
        var descriptor = NativeMethods.OpenSocket(InternetFamily, Datagrams, 0);
        Demand(descriptor, tap);
        using var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        var asked = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(asked, question);
        var pinned = GCHandle.Alloc(asked, GCHandleType.Pinned);
        try
        {
            var request = RequestFor(tap);
            BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(NameBytes), pinned.AddrOfPinnedObject());
            Demand(Control(socket, AskEthernet, request), tap);
            return BinaryPrimitives.ReadInt32LittleEndian(asked.AsSpan(4)) != 0;
        }
        finally
        {
            pinned.Free();
        }
    }

    private static byte[] RequestFor(string tap)
    {
        var request = new byte[RequestBytes];
        Encoding.ASCII.GetBytes(tap, request.AsSpan(0, NameBytes - 1));
        return request;
    }

    private static int Get(SafeFileHandle file, uint what)
    {
        var value = new byte[4];
        Demand(Control(file, what, value), Device);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }

    private static void Set(SafeFileHandle file, uint what, int value) => Demand(Control(file, what, BitConverter.GetBytes(value)), Device);

    private static void Demand(int result, string what)
    {
        if (result < 0)
        {
            throw Failed(what, Marshal.GetLastPInvokeError());
        }
    }

    private static IOException Failed(string what, int error) => new($"{what} cannot be opened.", new Win32Exception(error));

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeHandle file, nuint request, [In, Out] byte[] argument);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeHandle file, nuint request, nint argument);
}
