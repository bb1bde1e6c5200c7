using Nines.Host.Gate;

namespace Nines.Host.Tests.Gate;

public sealed class SealedMemoryTests
{
    [Fact]
    public async Task Nobody_who_opens_it_for_writing_can_change_it()
    {
        using var memory = await SealedMemory.CreateAsync(1 << 20, file => RandomAccess.WriteAsync(file, "kept"u8.ToArray(), 4096).AsTask());

        // As the hypervisor does: it opens its memory for writing even when it maps it privately.
        using var opened = File.OpenHandle(memory.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

        RandomAccess.GetLength(opened).ShouldBe(1 << 20);
        Should.Throw<UnauthorizedAccessException>(() => RandomAccess.Write(opened, "lost"u8.ToArray(), 4096));
        Should.Throw<Exception>(() => RandomAccess.SetLength(opened, 0));
        var content = new byte[4];
        RandomAccess.Read(opened, content, 4096);
        content.ShouldBe("kept"u8.ToArray());
    }

    [Fact]
    public async Task What_was_not_filled_takes_no_room_and_is_zero()
    {
        using var memory = await SealedMemory.CreateAsync(64L << 30, _ => Task.CompletedTask);
        using var opened = File.OpenHandle(memory.Path);
        var content = new byte[1];

        RandomAccess.Read(opened, content, 63L << 30).ShouldBe(1);

        content[0].ShouldBe((byte)0);
        SparseFile.Parts(opened).Sum(part => part.End - part.Start).ShouldBeLessThan(1 << 20);
    }
}
