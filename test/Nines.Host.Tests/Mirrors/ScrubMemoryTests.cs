using Nines.Host.Mirrors;

namespace Nines.Host.Tests.Mirrors;

public sealed class ScrubMemoryTests
{
    [Theory]
    [InlineData(7, 8, false, MirrorCopy.First)]
    [InlineData(8, 7, false, MirrorCopy.Second)]
    [InlineData(8, 9, false, null)]
    [InlineData(7, 8, true, null)]
    public void The_copy_that_is_as_it_was_read_before_is_right_unless_it_was_written_to(int first, int second, bool wasWritten, object? expected)
    {
        var memory = new ScrubMemory();
        memory.Judge(3, (UInt128)first, (UInt128)second, wasWritten).ShouldBeNull("nothing was read before");

        memory.Keep(new Dictionary<long, UInt128> { [3] = 7 }, memory.NextBitmap);

        memory.Judge(3, (UInt128)first, (UInt128)second, wasWritten).ShouldBe((MirrorCopy?)expected);
        memory.Judge(4, (UInt128)first, (UInt128)second, wasWritten).ShouldBeNull("another place was not read");
    }

    [Fact]
    public void Two_bitmaps_take_turns()
    {
        var memory = new ScrubMemory();
        memory.Bitmap.ShouldBeNull();
        var first = memory.NextBitmap;
        memory.Keep(new Dictionary<long, UInt128>(), first);
        memory.Bitmap.ShouldBe(first);
        memory.NextBitmap.ShouldNotBe(first);
        memory.Keep(new Dictionary<long, UInt128>(), memory.NextBitmap);
        memory.NextBitmap.ShouldBe(first);
    }
}
