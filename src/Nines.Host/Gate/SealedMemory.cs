using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nines.Host.Gate;

/// <summary>
/// Memory that any number of processes can map copy-on-write and none can change (memfd_create(2), fcntl(2): file sealing).
/// A hypervisor opens its memory file for writing even when it maps it privately; with a plain file a guest that broke out of its
/// hypervisor could change every guest launched after it.
/// </summary>
internal sealed class SealedMemory : IDisposable
{
    /// <summary>What the mapping is called in <c>/proc/PID/maps</c>.</summary>
    public const string MappingName = "/memfd:nines-kept";

    /// <summary>How such memory is made (memfd_create(2)).</summary>
    public const uint Flags = 0x1 | 0x2; // closed at exec, can be sealed

    /// <summary>What seals it (fcntl(2), <c>F_ADD_SEALS</c>).</summary>
    public const int AddSeals = 1033;

    /// <summary>Against further seals, and against becoming larger or smaller.</summary>
    public const int SealAgainstSizes = 0x1 | 0x2 | 0x4;

    private const int SealAgainstWriting = 0x8;

    private readonly SafeFileHandle _file;

    private SealedMemory(SafeFileHandle file) => _file = file;

    /// <summary>Where a process of root's can open it while this object lives.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_file.DangerousGetHandle()}";

    /// <summary>Makes memory of a size, lets it be filled, and seals it.</summary>
    /// <param name="bytes">Its size; what is not filled is zero and takes no room.</param>
    /// <param name="fill">Fills it.</param>
    public static async Task<SealedMemory> CreateAsync(long bytes, Func<SafeFileHandle, Task> fill)
    {
        var descriptor = Create("nines-kept", Flags);
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            Check(!file.IsInvalid, "made");
            RandomAccess.SetLength(file, bytes);
            await fill(file);
            Check(Control(file, AddSeals, SealAgainstSizes | SealAgainstWriting) == 0, "sealed");
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a piece of it.</summary>
    public byte[] Read(long offset, int length)
    {
        var data = new byte[length];
        RandomAccess.Read(_file, data, offset);
        return data;
    }

    /// <summary>Keeps it open, whoever disposes of it, until what is returned is disposed of.</summary>
    /// <returns>What holds it, or <see langword="null"/> when it is gone.</returns>
    public IDisposable? TryHold()
    {
        var held = false;
        try
        {
            _file.DangerousAddRef(ref held);
            return new Hold(_file);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private sealed class Hold(SafeFileHandle file) : IDisposable
    {
        private SafeFileHandle? _file = file;

        public void Dispose() => Interlocked.Exchange(ref _file, null)?.DangerousRelease();
    }

    private static void Check(bool done, string what)
    {
        if (!done)
        {
            throw new IOException($"Memory for kept guests cannot be {what}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    [DllImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Create([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle file, int command, int argument);
}
