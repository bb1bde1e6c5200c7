namespace Nines.Host.Vms.Qmp;

/// <summary>A hypervisor refused a command, or did not answer.</summary>
internal sealed class QmpException : Exception
{
    public QmpException(string command, string message, Exception? inner = null)
        : base($"{command}: {message}", inner) => Command = command;

    /// <summary>The command.</summary>
    public string Command { get; }
}
