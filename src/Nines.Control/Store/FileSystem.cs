using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nines.Control.Store;

/// <summary>What .NET's file classes lack: a directory's fsync, and whose a file is.</summary>
internal static partial class FileSystem
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint WantUid = 0x8; // STATX_UID
    private const int StatxBytes = 256;
    private const int UidOffset = 20; // struct statx, the same on every architecture (statx(2))

    /// <summary>The user this process acts as.</summary>
    public static uint EffectiveUserId => GetEffectiveUserId();

    /// <summary>Makes a creation or a rename in the directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = Open(path, ReadOnlyDirectory);
        if (descriptor < 0)
            throw new IOException($"{path} cannot be opened.", new Win32Exception());
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Sync(handle) != 0)
            throw new IOException($"{path} cannot be synced.", new Win32Exception());
    }

    /// <summary>The user a file or directory belongs to.</summary>
    public static uint OwnerOf(string path)
    {
        var status = new byte[StatxBytes];
        if (Statx(CurrentDirectory, path, 0, WantUid, status) != 0)
            throw new IOException($"{path} cannot be looked at.", new Win32Exception());
        return BitConverter.ToUInt32(status, UidOffset);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, [Out] byte[] status);
}
