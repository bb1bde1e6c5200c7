namespace Nines.Host.Vms.Qmp;

/// <summary><c>closefd</c>: closes a file that was taken with <see cref="GetFd"/> and that no command has used.</summary>
/// <param name="Fdname">What it is called.</param>
internal sealed record CloseFd(string Fdname) : IQmpCommand<QmpNothing>
{
    public static string Name => "closefd";
}
