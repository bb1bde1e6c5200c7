namespace Nines.Control.Reconcile;

/// <summary>A desired state that cannot become true, however often it is tried.</summary>
/// <param name="code">AWS's code for it, such as <c>Server.InsufficientInstanceCapacity</c>.</param>
/// <param name="message">What the user is told.</param>
/// <param name="inner">What led to it.</param>
internal sealed class TerminalException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}
