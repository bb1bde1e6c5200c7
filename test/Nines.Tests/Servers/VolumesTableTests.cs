using Nines.Control.Admin;
using Nines.Servers;
using Spectre.Console;

namespace Nines.Tests.Servers;

public sealed class VolumesTableTests
{
    [Fact]
    public void A_program_reads_plain_columns()
    {
        var lines = Write(plain: true).Select(Squeezed).ToArray();

        lines[0].ShouldBe("VOLUME TYPE SIZE STATE ATTACHED TO REPLICATION LAG COPY OF COPIES");
        lines[1].ShouldBe("vol-1 gp3 8 GiB in-use i-1 asynchronous 4 s 2026-11-26T08:00:00Z follows");
        lines[2].ShouldBe("vol-2 io2 4 GiB available - synchronous - - one of two, the other 50 % made");
        lines[3].ShouldBe("vol-3 gp2 4 GiB available - none - - -");
        string.Concat(lines).ShouldNotContain('\u001b');
    }

    [Fact]
    public void A_person_sees_frames() => Write(plain: false)[0].ShouldContain("╭");

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
        VolumesTable.Write(
            console,
            [
                new VolumeLine("vol-1", "gp3", 8, "in-use", "i-1", "asynchronous", "follows") { LagSeconds = 3.2, CopyOf = new DateTimeOffset(2026, 11, 26, 8, 0, 0, TimeSpan.Zero) },
                new VolumeLine("vol-2", "io2", 4, "available", null, "synchronous", "one of two, the other 50 % made"),
                new VolumeLine("vol-3", "gp2", 4, "available", null, "none", null),
            ]);
        return text.ToString().Split('\n');
    }

    private static string Squeezed(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
