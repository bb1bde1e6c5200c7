using Nines.Control.Admin;
using Nines.Servers;
using Spectre.Console;

namespace Nines.Tests.Servers;

public sealed class UsageTablesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_program_reads_plain_columns()
    {
        var lines = Write(plain: true);

        lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["SERVER", "TYPE", "STATE", "LAUNCHED", "VCPUS", "MEMORY", "OWN", "SHARED", "CPU", "TIME", "CPU"]);
        Squeezed(lines[1]).ShouldBe("i-1 t3.micro running kept memory 2 1024 MiB 30.0 MiB 95.5 MiB 4.0 s 25.0 %");
        Squeezed(lines[2]).ShouldBe("i-2 t3.micro stopped 2 1024 MiB - - - -");
        Squeezed(lines.Single(line => line.StartsWith("host-1", StringComparison.Ordinal)))
            .ShouldBe("host-1 2 2 of 128 1024 of 7373 MiB 4096 of 8192 MiB (50.0 %) 30.0 MiB 50.0 % 1 100.0 MiB 101.0 MiB");
        string.Concat(lines).ShouldNotContain('\u001b');
    }

    [Fact]
    public void A_person_sees_frames() => Write(plain: false)[0].ShouldContain("╭");

    [Fact]
    public void A_process_that_began_anew_and_a_host_that_is_silent_have_no_rate()
    {
        var report = new UsageReport(At(0, 50), At(2, 4));
        report.PercentOf(report.After.Servers[0]).ShouldBeNull();
        var silent = At(2, 4).Hosts[0] with { MeasuredAt = null };
        report.PercentOf(silent).ShouldBeNull();
    }

    private static string[] Write(bool plain)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 1000;
        UsageTables.Write(console, new UsageReport(At(0, 3.5), At(2, 4)));
        return text.ToString().Split('\n');
    }

    private static string Squeezed(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static UsageResult At(int seconds, double taken) => new(
        [
            new ServerUsage("i-1", "t3.micro", "running", "host-1", 2, 1024) { FastLaunched = true, ProcessorSeconds = taken, OwnBytes = 30 << 20, SharedBytes = 191 << 19 },
            new ServerUsage("i-2", "t3.micro", "stopped", "host-1", 2, 1024),
        ],
        [
            new HostLoad("host-1", 2, 8192, 2, 1024, 128, 7373)
            {
                MeasuredAt = Now.AddSeconds(seconds), ProcessorSeconds = 100 + seconds, AvailableBytes = 4L << 30, KeptGuests = 1, KeptMemoryBytes = 100 << 20, KeptDiskBytes = 101 << 20,
            },
        ]);
}
