using Spectre.Console;

namespace Nines.Terminal;

/// <summary>Where the program's words go: results to standard output, progress and errors to standard error.</summary>
internal static class Output
{
    /// <summary>Standard error, with colours only where a person looks at it.</summary>
    public static IAnsiConsole Errors { get; } = Open(Console.Error, IsPlain(Console.IsErrorRedirected));

    /// <summary>Standard output, with colours only where a person looks at it, and unbroken lines where a program reads it.</summary>
    public static IAnsiConsole Results { get; } = Open(Console.Out, IsPlain(Console.IsOutputRedirected));

    /// <summary>Whether standard error is a terminal that may be drawn on.</summary>
    public static bool IsInteractive => !IsPlain(Console.IsErrorRedirected);

    /// <summary>One line that says what is wrong.</summary>
    public static void Error(string message)
    {
        if (IsInteractive)
        {
            Errors.MarkupLineInterpolated($"[red]nines:[/] {message}");
        }
        else
        {
            Console.Error.WriteLine($"nines: {message}");
        }
    }

    /// <summary>One line about what goes on.</summary>
    public static void Note(string message)
    {
        if (IsInteractive)
        {
            Errors.MarkupLineInterpolated($"[grey]{message}[/]");
        }
        else
        {
            Console.Error.WriteLine(message);
        }
    }

    private static IAnsiConsole Open(TextWriter writer, bool plain)
    {
        const int PlainWidth = 1000;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (plain)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }

    private static bool IsPlain(bool redirected) =>
        redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
}
