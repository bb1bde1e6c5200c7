namespace Nines.Host.Vms.Qmp;

/// <summary>Something that happened to a machine by itself.</summary>
/// <param name="Name">QEMU's name, such as <c>SHUTDOWN</c>.</param>
internal sealed record QmpEvent(string Name)
{
    /// <summary>The machine was powered off, by its guest or from outside.</summary>
    public const string Shutdown = "SHUTDOWN";

    /// <summary>The guest's kernel gave up.</summary>
    public const string GuestPanicked = "GUEST_PANICKED";

    /// <summary>The machine was reset.</summary>
    public const string Reset = "RESET";

    /// <summary>The processors stopped.</summary>
    public const string Stop = "STOP";

    /// <summary>A guest has let go of a device.</summary>
    public const string DeviceDeleted = "DEVICE_DELETED";
}
