using System.Collections.Immutable;

namespace Nines.Host.Processes;

/// <summary>An external program to run: what, with which arguments, for how long. Arguments are passed as they are; no shell reads them.</summary>
public sealed record HostCommand
{
    /// <summary>A command that runs <paramref name="program"/> with <paramref name="arguments"/>.</summary>
    public HostCommand(string program, params ImmutableArray<string> arguments)
    {
        Program = program;
        Arguments = arguments;
    }

    /// <summary>Name (found in PATH) or path of the program.</summary>
    public string Program { get; init; }

    /// <summary>Arguments, one element each.</summary>
    public ImmutableArray<string> Arguments { get; init; }

    /// <summary>After this the program and its children are ended.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the program reads from its standard input; empty when <see langword="null"/>.</summary>
    public string? StandardInput { get; init; }

    /// <summary>
    /// Leaves the program's standard input open until it ends. The pipe closes when this process is gone, however it went, so a
    /// program that waits for the end of its input learns of that.
    /// </summary>
    public bool HoldsInputOpen { get; init; }

    /// <summary>Folder to run in; the caller's when <see langword="null"/>.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables to set beside the caller's.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How many characters of each stream are kept; of a longer one the end.</summary>
    public int MaxOutputCharacters { get; init; } = 1 << 20;

    /// <summary>Exit codes that are not an error.</summary>
    public ImmutableArray<int> AcceptedExitCodes { get; init; } = [0];

    /// <summary>Is given every line of both streams as it comes (progress), on a thread of the pool.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>The command as a user would type it, for logs and messages.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program).Select(Quoted));

    private static string Quoted(string word) =>
        word.Length > 0 && !word.Any(character => char.IsWhiteSpace(character) || "'\"$`\\;&|<>(){}*?".Contains(character))
            ? word
            : $"'{word.Replace("'", "'\\''")}'";
}
