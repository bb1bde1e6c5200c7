using System.Runtime.InteropServices;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Processes;

public sealed class ProcessMappingsTests
{
    private const int PageBytes = 4096;

    [Fact]
    public void What_the_kernel_says_is_read()
    {
        string[] smaps =
        [
            "55d0a0000000-55d0a0002000 rw-p 00000000 00:00 0                          [heap]",
            "Rss:               50000 kB",
            "VmFlags: rd wr mr mw me ac ",
            "7f0000000000-7f0040000000 rw-p 00001000 00:01 25666                      /memfd:nines-kept (deleted)",
            "THPeligible:           0",
            "VmFlags: rd wr mr mw me dc ac dd hg mg ",
            "7f0040000000-7f0040001000 rwxp 00000000 00:00 0 ",
            "VmFlags: rd wr ex mr mw me ac hg ",
        ];

        ProcessMappings.Parse(smaps).ShouldBe(
        [
            new ProcessMapping(0x55d0a0000000, 0x2000, "rw-p", 0, "[heap]", IsLeftOut: false, IsInHugePages: false),
            new ProcessMapping(0x7f0000000000, 0x40000000, "rw-p", 0x1000, "/memfd:nines-kept (deleted)", IsLeftOut: true, IsInHugePages: true),
            new ProcessMapping(0x7f0040000000, 0x1000, "rwxp", 0, "", IsLeftOut: false, IsInHugePages: true),
        ]);
    }

    [Fact]
    public void Only_what_was_written_to_is_looked_at()
    {
        var memory = Map(0, 8 * PageBytes, 3, 0x22, -1, 0); // private, of no file
        ((long)memory).ShouldBeGreaterThan(0);
        try
        {
            foreach (var page in new[] { 1, 2, 5 })
            {
                Marshal.WriteByte(memory, page * PageBytes, 1);
            }

            var mapping = new ProcessMapping((ulong)memory, 8 * PageBytes, "rw-p", 0, "", IsLeftOut: false, IsInHugePages: false);
            ProcessMappings.WrittenParts(Environment.ProcessId, mapping).ShouldBe([((ulong)memory + PageBytes, 2 * PageBytes), ((ulong)memory + (5 * PageBytes), PageBytes)]);
        }
        finally
        {
            Unmap(memory, 8 * PageBytes).ShouldBe(0);
        }
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmap(nint address, nint length);
}
