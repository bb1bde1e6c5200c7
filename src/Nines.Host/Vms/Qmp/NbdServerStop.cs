namespace Nines.Host.Vms.Qmp;

/// <summary><c>nbd-server-stop</c>: nothing is exported any more.</summary>
internal sealed record NbdServerStop : IQmpCommand<QmpNothing>
{
    public static string Name => "nbd-server-stop";
}
