using FsCheck;
using FsCheck.Fluent;
using Nines.Control.Services.Ec2.Addresses;

namespace Nines.Control.Tests.Services.Ec2.Addresses;

public sealed class Ipv4BlockTests
{
    [Theory]
    [InlineData("172.31.0.0/16", 65536)]
    [InlineData("10.0.0.0/28", 16)]
    [InlineData("0.0.0.0/0", 4294967296)]
    [InlineData("10.1.2.3/32", 1)]
    [InlineData("255.255.255.255/32", 1)]
    public void Reads_CIDR_notation(string text, long count)
    {
        Ipv4Block.TryParse(text, out var block).ShouldBeTrue();
        block.Count.ShouldBe(count);
        block.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.1/24")]
    [InlineData("10.0.0/24")]
    [InlineData("010.0.0.0/24")]
    [InlineData("0x0a.0.0.0/24")]
    [InlineData("10.0.0.0/24 ")]
    [InlineData("::/0")]
    public void Refuses_everything_else(string? text) => Ipv4Block.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Divides_into_blocks_that_cover_it_without_overlap()
    {
        var whole = Ipv4Block.Parse("172.31.0.0/16");
        Ipv4Block[] parts = [.. Enumerable.Range(0, 16).Select(index => whole.Divide(20, index))];
        parts[1].ToString().ShouldBe("172.31.16.0/20");
        parts.Sum(part => part.Count).ShouldBe(whole.Count);
        parts.ShouldAllBe(part => whole.Contains(part));
        parts.SelectMany((part, index) => parts[(index + 1)..].Select(other => part.Overlaps(other))).ShouldAllBe(overlap => !overlap);
        Should.Throw<ArgumentOutOfRangeException>(() => whole.Divide(20, 16));
    }

    [Fact]
    public void An_address_reads_back_as_it_was_written() => Prop
        .ForAll<uint>(address => Ipv4Block.TryParseAddress(Ipv4Block.Format(address), out var read) && read == address)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Two_blocks_overlap_when_one_holds_an_end_of_the_other()
    {
        var block = Gen.Choose(0, 255).Zip(Gen.Choose(8, 32), (number, length) => Ipv4Block.Parse($"{Ipv4Block.Format((uint)(number * 0x01010101L) & (uint)(0xFFFFFFFFL << (32 - length)))}/{length}"));
        Prop.ForAll(block.ToArbitrary(), block.ToArbitrary(), (left, right) =>
            left.Overlaps(right) == (left.First <= right.Last && right.First <= left.Last)).QuickCheckThrowOnFailure();
    }
}
