using Nines.Servers;

namespace Nines.Tests.Servers;

/// <summary>Patience with a server that boots.</summary>
public sealed class BootProgressTests
{
    private readonly ManualTime _time = new();
    private readonly BootProgress _boot;

    public BootProgressTests() => _boot = new BootProgress(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), _time);

    [Fact]
    public void A_console_that_goes_on_is_waited_for()
    {
        for (var minute = 4; minute <= 28; minute += 4)
        {
            _time.Now += TimeSpan.FromMinutes(4);
            _boot.Observe($"line {minute}").ShouldBeTrue();
            _boot.GivenUp.ShouldBeNull();
        }
    }

    [Fact]
    public void A_silent_console_is_given_up()
    {
        _boot.Observe("Loading").ShouldBeTrue();
        _time.Now += TimeSpan.FromMinutes(4);
        _boot.Observe("Loading").ShouldBeFalse();
        _boot.GivenUp.ShouldBeNull();
        _time.Now += TimeSpan.FromMinutes(2);
        _boot.GivenUp.ShouldBe("its console has said nothing new for 300 s");
    }

    [Fact]
    public void A_boot_that_never_ends_is_given_up()
    {
        for (var minute = 0; minute <= 30; minute++)
        {
            _time.Now += TimeSpan.FromMinutes(1);
            _boot.Observe($"panic, reboot {minute}");
        }

        _boot.GivenUp.ShouldBe("it has been booting for 30 minutes");
    }

    [Theory]
    [InlineData("\u001bc\u001b[?7l\u001b[2J\u001b[0mSeaBIOS (version 1)\r\n", "SeaBIOS (version 1)")]
    [InlineData("BdsDxe: starting\u001b[=3h\u001b[001;001H", "BdsDxe: starting")]
    [InlineData("one\r\ntwo \r\n\r\n", "two")]
    [InlineData("\r\n", "")]
    public void The_last_line_is_what_a_person_would_read(string output, string line)
    {
        _boot.Observe(output);
        _boot.LastLine.ShouldBe(line);
    }

    private sealed class ManualTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
