namespace Nines.Host.Vms.Qmp;

/// <summary>How a qcow2 disk is encrypted.</summary>
/// <param name="KeySecret">The secret that opens it.</param>
internal sealed record DiskEncryption(string KeySecret)
{
    /// <summary>The only format that QEMU has beside a broken one.</summary>
    public string Format { get; } = "luks";
}
