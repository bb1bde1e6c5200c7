namespace Nines.Host.Vms.Qmp;

/// <summary><c>netdev_add</c> of a tap that is open.</summary>
/// <param name="Id">What the backend will be called.</param>
/// <param name="Fd">What it is called since <see cref="GetFd"/>.</param>
internal sealed record NetdevAdd(string Id, string Fd) : IQmpCommand<QmpNothing>
{
    public static string Name => "netdev_add";

    public string Type { get; } = "tap";
}
