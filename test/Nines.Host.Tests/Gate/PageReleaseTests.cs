using Nines.Host.Gate;
using Nines.Host.Processes;
using Nines.Host.Tests.Forks;

namespace Nines.Host.Tests.Gate;

public sealed class PageReleaseTests
{
    [Fact]
    public async Task An_empty_file_that_lets_pages_be_cut_takes_the_place_of_sealed_memory_and_of_nothing_else()
    {
        Assert.SkipUnless(PageRelease.IsSupported, "another processor");
        using var memory = await SealedMemory.CreateAsync(1 << 20, file => RandomAccess.WriteAsync(file, "kept"u8.ToArray(), 0).AsTask());
        using var process = await TracedProcess.StartAsync(
            $"exec 5</dev/null 8<>{memory.Path} 9<>{memory.Path}; echo open; read word; fallocate --punch-hole --offset 4096 --length 4096 /proc/self/fd/9 2>&1 && echo cut");
        var cancellation = TestContext.Current.CancellationToken;
        (await process.Output.ReadLineAsync(cancellation)).ShouldBe("open");
        var before = ProcessDescriptor.AllOf(process.Pid).Select(descriptor => (descriptor.Number, descriptor.Target)).ToArray();

        await PageRelease.AllowAsync(ProcessTable.Find(process.Pid)!, cancellation);

        ProcessDescriptor.AllOf(process.Pid).Select(descriptor => (descriptor.Number, descriptor.Target)).ShouldBe(
            before.Select(open => (open.Number, open.Target.StartsWith(SealedMemory.MappingName, StringComparison.Ordinal) ? $"{PageRelease.FileName} (deleted)" : open.Target)));
        using (var empty = File.OpenHandle($"/proc/{process.Pid}/fd/9", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.GetLength(empty).ShouldBe(0);
            Should.Throw<Exception>(() => RandomAccess.Write(empty, "lost"u8.ToArray(), 0));
        }

        await process.Input.WriteLineAsync("go");
        (await process.Output.ReadLineAsync(cancellation)).ShouldBe("cut");
        memory.Read(0, 4).ShouldBe("kept"u8.ToArray());
        await process.EndAsync();
    }
}
