namespace Nines.Host.Vms.Qmp;

/// <summary><c>x-exit-preconfig</c>: makes the machine of what the command line says, and of what the monitor was told before.</summary>
internal sealed record ExitPreconfig : IQmpCommand<QmpNothing>
{
    public static string Name => "x-exit-preconfig";
}
