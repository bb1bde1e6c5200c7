namespace Nines.Host.Vms.Qmp;

/// <summary>A way of migrating.</summary>
/// <param name="Capability">QEMU's name of it.</param>
/// <param name="State">Whether it is on.</param>
internal sealed record MigrationCapability(string Capability, bool State)
{
    /// <summary>
    /// Whether memory that both sides map from one file is left out. Always said: a hypervisor keeps it from one migration to the next,
    /// writes it into what it saves, and refuses to load what was saved otherwise.
    /// </summary>
    public static MigrationCapability IgnoreShared(bool isOn) => new("x-ignore-shared", isOn);
}
