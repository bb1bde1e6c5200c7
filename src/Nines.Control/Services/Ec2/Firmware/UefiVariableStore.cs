using System.Buffers.Binary;
using System.Text;

namespace Nines.Control.Services.Ec2.Firmware;

/// <summary>
/// The flash memory in which OVMF keeps its variables (EDK II: FirmwareVolumeHeader of MdePkg/Include/Pi, MdeModulePkg/Include/Guid/VariableFormat.h):
/// a volume's header, a store's header, and variables one after the other, of which those that were replaced are crossed out. Pure.
/// </summary>
internal static class UefiVariableStore
{
    /// <summary>What variables may take, of the 256 KiB that OVMF has for them; the rest is the firmware's own.</summary>
    public const int MaxBytes = 192 << 10;

    private const int HeaderLengthAt = 48;
    private const int StoreHeaderBytes = 28;
    private const int VariableHeaderBytes = 60;
    private const int Alignment = 4;
    private const ushort Start = 0x55aa;
    private const byte Added = 0x3f;
    private const byte Erased = 0xff;
    private const int NoteHeaderBytes = UefiVariable.GuidBytes + 12;

    /// <summary>Being replaced: it counts unless the one that replaces it is there.</summary>
    private const byte AddedAndLeaving = 0x3e;
    private const string CertificatesName = "certdb";

    /// <summary>The kind of store whose variables can be signed (gEfiAuthenticatedVariableGuid).</summary>
    private static readonly byte[] s_authenticatedStore = Convert.FromHexString("782CF3AA7B949A43A1802E144EC37792");

    /// <summary>The firmware's own notes of who signs what (gEfiCertDbGuid).</summary>
    private static readonly byte[] s_certificates = Convert.FromHexString("6EE5BED9DC75D949B4D7B534210F637A");

    /// <summary>The variables that count, in the order of the flash.</summary>
    /// <exception cref="InvalidDataException">It is no such memory.</exception>
    public static IReadOnlyList<UefiVariable> Read(ReadOnlySpan<byte> flash)
    {
        var at = flash.Length < HeaderLengthAt + 2 ? int.MaxValue : (int)BinaryPrimitives.ReadUInt16LittleEndian(flash[HeaderLengthAt..]);
        if (at > flash.Length - StoreHeaderBytes || !flash.Slice(at, UefiVariable.GuidBytes).SequenceEqual(s_authenticatedStore))
        {
            throw new InvalidDataException("These are no variables of UEFI firmware.");
        }

        at += StoreHeaderBytes;
        var (settled, leaving) = (new List<UefiVariable>(), new List<UefiVariable>());
        while (at <= flash.Length - VariableHeaderBytes && BinaryPrimitives.ReadUInt16LittleEndian(flash[at..]) == Start)
        {
            var state = flash[at + 2];
            var (variable, length) = ReadVariable(flash[at..]);
            (state is Added ? settled : state is AddedAndLeaving ? leaving : null)?.Add(variable);
            at += (length + Alignment - 1) / Alignment * Alignment;
        }

        settled.AddRange(leaving.Where(old => !settled.Exists(known => IsSame(known, old.Name, old.Vendor))));
        return WithDigests(settled);
    }

    /// <summary>Variables as they lie in the flash, one after the other, with the firmware's notes of who signs them.</summary>
    public static byte[] Write(IReadOnlyList<UefiVariable> variables)
    {
        var flash = new MemoryStream();
        foreach (var variable in variables)
        {
            Write(flash, variable);
        }

        if (variables.Where(variable => variable.Digest.AsSpan().ContainsAnyExcept((byte)0)).ToList() is { Count: > 0 } noted)
        {
            Write(flash, Notes(noted));
        }

        return flash.ToArray();
    }

    private static void Write(MemoryStream flash, UefiVariable variable)
    {
        var name = Encoding.Unicode.GetBytes(variable.Name + '\0');
        Span<byte> header = stackalloc byte[VariableHeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header, Start);
        header[2] = Added;
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], variable.Attributes);
        variable.Timestamp.CopyTo(header[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[36..], name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], variable.Data.Length);
        variable.Vendor.CopyTo(header[44..]);
        flash.Write(header);
        flash.Write(name);
        flash.Write(variable.Data);
        while (flash.Length % Alignment != 0)
        {
            flash.WriteByte(Erased);
        }
    }

    private static UefiVariable Notes(List<UefiVariable> variables)
    {
        var notes = new MemoryStream();
        notes.Write(new byte[sizeof(uint)]);
        Span<byte> header = stackalloc byte[NoteHeaderBytes];
        foreach (var variable in variables)
        {
            var name = Encoding.Unicode.GetBytes(variable.Name);
            variable.Vendor.CopyTo(header);
            BinaryPrimitives.WriteInt32LittleEndian(header[16..], NoteHeaderBytes + name.Length + variable.Digest.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[20..], variable.Name.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[24..], variable.Digest.Length);
            notes.Write(header);
            notes.Write(name);
            notes.Write(variable.Digest);
        }

        var data = notes.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(data, data.Length);
        return new UefiVariable(CertificatesName, s_certificates, UefiVariable.Lasting | UefiVariable.Authenticated, new byte[UefiVariable.GuidBytes], data);
    }

    private static (UefiVariable Variable, int Length) ReadVariable(ReadOnlySpan<byte> bytes)
    {
        var (nameBytes, dataBytes) = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]));
        var length = VariableHeaderBytes + (long)nameBytes + dataBytes;
        if (length > bytes.Length)
        {
            throw new InvalidDataException("A variable reaches beyond the firmware's memory.");
        }

        var name = bytes.Slice(VariableHeaderBytes, (int)nameBytes);
        var variable = new UefiVariable(
            Encoding.Unicode.GetString(name).TrimEnd('\0'),
            bytes.Slice(44, UefiVariable.GuidBytes).ToArray(),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            bytes.Slice(16, UefiVariable.GuidBytes).ToArray(),
            bytes.Slice(VariableHeaderBytes + (int)nameBytes, (int)dataBytes).ToArray());
        return (variable, (int)length);
    }

    /// <summary>Gives variables the digests that the firmware notes of them, and leaves its notes out: whoever reads the variables back makes them anew.</summary>
    private static IReadOnlyList<UefiVariable> WithDigests(List<UefiVariable> variables)
    {
        var notes = variables.Find(variable => IsSame(variable, CertificatesName, s_certificates));
        if (notes is null)
        {
            return variables;
        }

        variables.Remove(notes);
        ReadOnlySpan<byte> bytes = notes.Data;

        // The size of all, and for each: GUID, size, length of the name in characters, size of the digest, name, digest.
        for (var at = 4; at <= bytes.Length - NoteHeaderBytes;)
        {
            var vendor = bytes.Slice(at, UefiVariable.GuidBytes).ToArray();
            var nameBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 20)..]) * 2L;
            var digestBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 24)..]);
            at += NoteHeaderBytes;
            if (nameBytes + digestBytes > bytes.Length - at)
            {
                throw new InvalidDataException("The firmware's notes of certificates are cut off.");
            }

            var name = Encoding.Unicode.GetString(bytes.Slice(at, (int)nameBytes)).TrimEnd('\0');
            var digest = bytes.Slice(at + (int)nameBytes, (int)digestBytes).ToArray();
            at += (int)nameBytes + (int)digestBytes;
            if (variables.FindIndex(variable => IsSame(variable, name, vendor)) is >= 0 and var index)
            {
                variables[index] = variables[index] with { Digest = digest };
            }
        }

        return variables;
    }

    private static bool IsSame(UefiVariable variable, string name, byte[] vendor) => variable.Name == name && variable.Vendor.AsSpan().SequenceEqual(vendor);
}
