namespace Nines.Host.Vms.Qmp;

/// <summary><c>netdev_del</c>: closes a backend. An adapter that still spoke by it has its cable out.</summary>
/// <param name="Id">The backend.</param>
internal sealed record NetdevDel(string Id) : IQmpCommand<QmpNothing>
{
    public static string Name => "netdev_del";
}
