using System.Collections.Immutable;

namespace Nines.Host.Processes;

/// <summary>An external program could not be started, failed, or took too long.</summary>
public sealed class HostCommandException : Exception
{
    /// <summary>A program that ended with a code that was not accepted, or that was ended after its time.</summary>
    public HostCommandException(HostCommand command, int? exitCode, string error, string reason, Exception? inner = null)
        : base(Describe(command, reason, error), inner)
    {
        Program = command.Program;
        Arguments = command.Arguments;
        ExitCode = exitCode;
        LastErrorLines = LastLines(error);
    }

    /// <summary>The program.</summary>
    public string Program { get; }

    /// <summary>Its arguments.</summary>
    public ImmutableArray<string> Arguments { get; }

    /// <summary>How it ended; <see langword="null"/> when it did not start or was ended after its time.</summary>
    public int? ExitCode { get; }

    /// <summary>The last lines that it wrote to standard error, at most ten.</summary>
    public ImmutableArray<string> LastErrorLines { get; }

    private static string Describe(HostCommand command, string reason, string error)
    {
        var lines = LastLines(error);
        return lines.IsEmpty ? $"{command}: {reason}" : $"{command}: {reason}: {string.Join(" / ", lines)}";
    }

    private static ImmutableArray<string> LastLines(string error) =>
        [.. error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(10)];
}
