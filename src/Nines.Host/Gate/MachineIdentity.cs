using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nines.Host.Gate;

/// <summary>What a guest knows of itself when it is at the gate: values that the hypervisor gave it, and that no other machine may have.</summary>
/// <param name="Uuid">The machine's UUID (SMBIOS), 36 lower-case characters; its serial number is the same.</param>
/// <param name="AssetTag">The chassis' asset tag: 19 characters.</param>
/// <param name="MacAddress">Of the primary adapter: six octets, colons between.</param>
/// <param name="BootId">The kernel's random id of this boot as a UUID, or <see langword="null"/> when the guest has not made one yet.</param>
internal sealed record MachineIdentity(string Uuid, string AssetTag, string MacAddress, string? BootId)
{
    /// <summary>Which of the forms is the boot id as text.</summary>
    public const int BootIdText = 6;

    /// <summary>A random UUID (RFC 9562, version 4), from the system's randomness: no two boots anywhere may have the same.</summary>
    public static Guid RandomUuid()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>
    /// The ways in which these values lie in memory, each time in the same order and with the same lengths. SMBIOS has the first
    /// three fields of a UUID in little-endian order (DSP0134, 7.2.1).
    /// </summary>
    public ImmutableArray<byte[]> Forms()
    {
        var uuid = Guid.ParseExact(Uuid, "D");
        var forms = ImmutableArray.Create(
            Encoding.ASCII.GetBytes(Uuid),
            uuid.ToByteArray(),
            uuid.ToByteArray(bigEndian: true),
            Encoding.ASCII.GetBytes(AssetTag),
            [.. MacAddress.Split(':').Select(octet => byte.Parse(octet, NumberStyles.HexNumber, CultureInfo.InvariantCulture))]);
        return BootId is null ? forms : forms.AddRange(Guid.ParseExact(BootId, "D").ToByteArray(bigEndian: true), Encoding.ASCII.GetBytes(BootId));
    }
}
