namespace Nines.Host.Processes;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number when a signal ended it.</param>
/// <param name="Output">What it wrote to standard output; of too much, the end.</param>
/// <param name="Error">What it wrote to standard error; of too much, the end.</param>
/// <param name="Elapsed">How long it ran.</param>
public sealed record HostCommandResult(int ExitCode, string Output, string Error, TimeSpan Elapsed);
