namespace Nines.Host.Vms.Qmp;

/// <summary>Something that happened to a machine by itself.</summary>
/// <param name="Name">QEMU's name, such as <c>SHUTDOWN</c>.</param>
/// <param name="NodeName">The block node that it happened to, if it was one.</param>
/// <param name="Error">What failed, if something did.</param>
internal sealed record QmpEvent(string Name, string? NodeName = null, string? Error = null)
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

    /// <summary>One of the disks that another consists of did not do what the others did.</summary>
    public const string MirrorReportBad = "QUORUM_REPORT_BAD";
}
