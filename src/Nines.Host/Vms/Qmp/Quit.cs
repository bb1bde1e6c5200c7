namespace Nines.Host.Vms.Qmp;

/// <summary><c>quit</c>: writes out what the disks have not, and ends the process.</summary>
internal sealed record Quit : IQmpCommand<QmpNothing>
{
    public static string Name => "quit";
}
