namespace Nines.Host.Vms.Qmp;

/// <summary><c>device_del</c>: asks the guest to let go of a device. It is gone at the event <c>DEVICE_DELETED</c>, or never.</summary>
/// <param name="Id">The device.</param>
internal sealed record DeviceDel(string Id) : IQmpCommand<QmpNothing>
{
    public static string Name => "device_del";
}
