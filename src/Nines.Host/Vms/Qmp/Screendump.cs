namespace Nines.Host.Vms.Qmp;

/// <summary><c>screendump</c>: writes a picture of the screen to a file.</summary>
/// <param name="Filename">Where the hypervisor writes it, as its own user.</param>
/// <param name="Format"><c>png</c> or <c>ppm</c>.</param>
internal sealed record Screendump(string Filename, string Format) : IQmpCommand<QmpNothing>
{
    public static string Name => "screendump";
}
