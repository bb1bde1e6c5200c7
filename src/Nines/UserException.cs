namespace Nines;

/// <summary>An error whose message is all that a user needs: one line that says what is wrong and what to do.</summary>
internal sealed class UserException(string message, int exitCode = ExitCode.Failure) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
