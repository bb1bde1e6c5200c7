namespace Nines.Host.Vms.Qmp;

/// <summary><c>netdev_add</c> of a tap that exists.</summary>
/// <param name="Id">What the backend will be called.</param>
/// <param name="Ifname">The tap, in the hypervisor's namespace.</param>
internal sealed record NetdevAdd(string Id, string Ifname) : IQmpCommand<QmpNothing>
{
    public static string Name => "netdev_add";

    public string Type { get; } = "tap";

    /// <summary>The tap is ready: nothing is run for it.</summary>
    public string Script { get; } = "no";

    public string Downscript { get; } = "no";
}
