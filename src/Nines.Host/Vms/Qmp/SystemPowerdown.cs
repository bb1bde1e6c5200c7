namespace Nines.Host.Vms.Qmp;

/// <summary><c>system_powerdown</c>: presses the ACPI power button; the guest decides what it does.</summary>
internal sealed record SystemPowerdown : IQmpCommand<QmpNothing>
{
    public static string Name => "system_powerdown";
}
