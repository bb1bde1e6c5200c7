namespace Nines.Host.Vms.Qmp;

/// <summary>A way of migrating.</summary>
/// <param name="Capability">QEMU's name of it.</param>
/// <param name="State">Whether it is on.</param>
internal sealed record MigrationCapability(string Capability, bool State)
{
    /// <summary>Memory that both sides map from one file is not sent.</summary>
    public static readonly MigrationCapability IgnoreShared = new("x-ignore-shared", true);
}
