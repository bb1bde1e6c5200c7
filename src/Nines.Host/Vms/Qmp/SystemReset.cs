namespace Nines.Host.Vms.Qmp;

/// <summary><c>system_reset</c>: presses the reset button.</summary>
internal sealed record SystemReset : IQmpCommand<QmpNothing>
{
    public static string Name => "system_reset";
}
