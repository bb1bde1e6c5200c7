using System.Runtime.InteropServices;

namespace Nines.Host.Tests.Gate;

/// <summary>A file mapped as a hypervisor maps its guest's memory: what is written to it stays this process's own.</summary>
internal sealed class MappedFile : IDisposable
{
    private const int ReadWrite = 3;
    private const int Private = 2;
    private readonly int _length;

    public MappedFile(string path, int length)
    {
        using var file = File.OpenHandle(path);
        _length = length;
        Address = Map(0, length, ReadWrite, Private, (int)file.DangerousGetHandle(), 0);
        ((long)Address).ShouldBeGreaterThan(0);
    }

    public nint Address { get; }

    public void Write(int offset, byte[] data) => Marshal.Copy(data, 0, Address + offset, data.Length);

    public void Dispose() => Unmap(Address, _length).ShouldBe(0);

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmap(nint address, nint length);
}
