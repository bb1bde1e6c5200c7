using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nines.Host.Processes;

/// <summary>Sends open files to another process over a Unix socket (unix(7), SCM_RIGHTS; cmsg(3)).</summary>
internal static class DescriptorPassing
{
    /// <summary>What the kernel lets one message carry.</summary>
    public const int MaxDescriptors = 253;

    /// <summary>Bytes of a message's header on 64-bit machines.</summary>
    public const int HeaderBytes = 56;

    /// <summary>Bytes before the first descriptor of a control message.</summary>
    public const int ControlHeaderBytes = 16;

    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int NoSignal = 0x4000;

    /// <summary>A control message's length, in bytes, with room for its end to be aligned.</summary>
    public static int ControlBytes(int descriptors) => ControlHeaderBytes + ((descriptors * sizeof(int)) + 7 & ~7);

    /// <summary>A message's header (struct msghdr).</summary>
    /// <param name="part">Address of the struct iovec that says where its one piece of data lies.</param>
    /// <param name="control">Address of its control message.</param>
    /// <param name="controlBytes">Room for it.</param>
    public static byte[] Header(ulong part, ulong control, int controlBytes)
    {
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), part);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), control);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(40), (ulong)controlBytes);
        return header;
    }

    /// <summary>A piece of data of a message (struct iovec).</summary>
    public static byte[] Part(ulong address, int length)
    {
        var part = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(part, address);
        BinaryPrimitives.WriteUInt64LittleEndian(part.AsSpan(8), (ulong)length);
        return part;
    }

    /// <summary>Sends descriptors along with some bytes.</summary>
    /// <exception cref="IOException">The other end is closed, or does not read.</exception>
    public static void Send(SafeHandle socket, byte[] data, IReadOnlyList<SafeHandle> descriptors)
    {
        var control = new byte[ControlBytes(descriptors.Count)];
        BinaryPrimitives.WriteInt64LittleEndian(control, ControlHeaderBytes + (descriptors.Count * sizeof(int)));
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(8), SocketLevel);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), Rights);
        for (var index = 0; index < descriptors.Count; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(ControlHeaderBytes + (index * sizeof(int))), (int)descriptors[index].DangerousGetHandle());
        }

        GCHandle[] pinned = [GCHandle.Alloc(data, GCHandleType.Pinned), GCHandle.Alloc(control, GCHandleType.Pinned)];
        var part = GCHandle.Alloc(Part((ulong)pinned[0].AddrOfPinnedObject(), data.Length), GCHandleType.Pinned);
        try
        {
            var header = Header((ulong)part.AddrOfPinnedObject(), (ulong)pinned[1].AddrOfPinnedObject(), control.Length);
            if (SendMessage(socket, header, NoSignal) != data.Length)
            {
                throw new IOException("Open files cannot be given to another process.", new Win32Exception(Marshal.GetLastPInvokeError()));
            }
        }
        finally
        {
            part.Free();
            Array.ForEach(pinned, handle => handle.Free());
            GC.KeepAlive(descriptors);
        }
    }

    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SendMessage(SafeHandle socket, byte[] header, int flags);
}
