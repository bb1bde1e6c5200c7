using Spectre.Console;

namespace Nines.Terminal;

/// <summary>Where the program's words go: results to standard output, progress and errors to standard error.</summary>
internal static class Output
{
    /// <summary>Standard error, with colours only where a person looks at it.</summary>
    public static IAnsiConsole Errors { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
        Ansi = IsPlain(Console.IsErrorRedirected) ? AnsiSupport.No : AnsiSupport.Detect,
        Interactive = IsPlain(Console.IsErrorRedirected) ? InteractionSupport.No : InteractionSupport.Detect,
    });

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

    private static bool IsPlain(bool redirected) =>
        redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
}
