namespace Nines.Control.Services.Ec2.Firmware;

/// <summary>A variable that firmware keeps (UEFI specification 2.10, 8.2).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Vendor">The GUID of who gave it that name, as it lies in memory.</param>
/// <param name="Attributes">What may be done to it.</param>
/// <param name="Timestamp">When it was last signed, as EFI_TIME; zeros where it is not.</param>
/// <param name="Data">Its value.</param>
internal sealed record UefiVariable(string Name, byte[] Vendor, uint Attributes, byte[] Timestamp, byte[] Data)
{
    /// <summary>That a change must be signed and newer (EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS).</summary>
    public const uint Authenticated = 0x20;

    /// <summary>That it outlasts a start, and firmware and guest may have it (EFI_VARIABLE_NON_VOLATILE, _BOOTSERVICE_ACCESS, _RUNTIME_ACCESS).</summary>
    public const uint Lasting = 0x7;

    /// <summary>SHA-256 of the certificates that changes of it are signed with; zeros where the firmware notes none.</summary>
    public byte[] Digest { get; init; } = new byte[DigestBytes];

    /// <summary>Bytes of a GUID, and of a time.</summary>
    public const int GuidBytes = 16;

    /// <summary>Bytes of a digest.</summary>
    public const int DigestBytes = 32;
}
