namespace Nines.Host.Vms.Qmp;

/// <summary><c>device_add</c> of an adapter: the guest is told by its hot-plug controller.</summary>
/// <param name="Driver">Which kind of device.</param>
/// <param name="Id">What the device will be called.</param>
/// <param name="Bus">The port that it is plugged into.</param>
/// <param name="Netdev">The backend that it speaks by.</param>
/// <param name="Mac">Its hardware address.</param>
internal sealed record AdapterAdd(string Driver, string Id, string Bus, string Netdev, string Mac) : IQmpCommand<QmpNothing>
{
    public static string Name => "device_add";

    /// <summary>Nothing boots from the network.</summary>
    public string Romfile { get; } = "";
}
