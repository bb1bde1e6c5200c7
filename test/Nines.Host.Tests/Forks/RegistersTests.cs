using System.Runtime.InteropServices;
using Nines.Host.Forks;

namespace Nines.Host.Tests.Forks;

public sealed class RegistersTests
{
    private const ulong Poll = 271;
    private const ulong None = ulong.MaxValue;

    [Fact]
    public void They_are_as_long_as_the_kernel_has_them() => Marshal.SizeOf<Registers>().ShouldBe(27 * 8);

    [Theory]
    [InlineData(-512)]
    [InlineData(-514)]
    [InlineData(-516)]
    public void A_call_that_was_interrupted_begins_anew(long result)
    {
        var slept = new Registers { OriginalRax = Poll, Rax = (ulong)result, Rip = 0x7f02, Rsp = 5 };

        slept.Resumed().ShouldBe(slept with { OriginalRax = None, Rax = Poll, Rip = 0x7f00 });
    }

    [Fact]
    public void A_call_that_was_over_is_not_made_again()
    {
        var done = new Registers { OriginalRax = Poll, Rax = 3, Rip = 0x7f02 };

        done.Resumed().ShouldBe(done with { OriginalRax = None });
    }

    [Fact]
    public void What_made_no_call_goes_on_where_it_was()
    {
        var running = new Registers { OriginalRax = None, Rax = unchecked((ulong)-514), Rip = 0x7f02 };

        running.Resumed().ShouldBe(running);
    }
}
