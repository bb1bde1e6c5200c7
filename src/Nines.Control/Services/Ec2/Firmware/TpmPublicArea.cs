using System.Buffers.Binary;
using System.Formats.Asn1;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Firmware;

/// <summary>The public area of a TPM's key (TPMT_PUBLIC; TPM 2.0 Library, part 2, 12.2.4) as the world writes keys: pure.</summary>
internal static class TpmPublicArea
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string SecP384R1 = "1.3.132.0.34";
    private const int EccBytes = 48;
    private const int RsaExponent = 65537;

    /// <summary>Type, hash of the name, attributes: what precedes the policy.</summary>
    private const int PolicyAt = 2 + 2 + 4;

    /// <summary>The cipher with its key size and mode, and the scheme: what both kinds have before their own parameters.</summary>
    private const int CommonParameterBytes = 2 + 2 + 2 + 2;

    /// <summary>The key as a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 3279; RFC 5480).</summary>
    /// <exception cref="InvalidDataException">The area is cut off.</exception>
    public static byte[] ToDer(TpmKeyType type, ReadOnlySpan<byte> area)
    {
        Skip(ref area, PolicyAt);
        Take(ref area);
        Skip(ref area, CommonParameterBytes);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (type is TpmKeyType.Rsa2048)
            {
                // The number of bits, and an exponent of 0 for the usual one.
                Skip(ref area, 2 + 4);
                WriteRsa(writer, Take(ref area));
            }
            else
            {
                // The curve, and how keys are derived.
                Skip(ref area, 2 + 2);
                WriteEcc(writer, Take(ref area), Take(ref area));
            }
        }

        return writer.Encode();
    }

    private static void WriteRsa(AsnWriter writer, ReadOnlySpan<byte> modulus)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(RsaEncryption);
            writer.WriteNull();
        }

        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus.TrimStart((byte)0));
            key.WriteInteger(RsaExponent);
        }

        writer.WriteBitString(key.Encode());
    }

    private static void WriteEcc(AsnWriter writer, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(EcPublicKey);
            writer.WriteObjectIdentifier(SecP384R1);
        }

        // A point that is not compressed, its coordinates as long as the field.
        var point = new byte[1 + 2 * EccBytes];
        point[0] = 4;
        x.CopyTo(point.AsSpan(1 + EccBytes - x.Length));
        y.CopyTo(point.AsSpan(1 + 2 * EccBytes - y.Length));
        writer.WriteBitString(point);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> area)
    {
        var size = area.Length < 2 ? throw CutOff() : BinaryPrimitives.ReadUInt16BigEndian(area);
        Skip(ref area, 2);
        var content = area.Length < size ? throw CutOff() : area[..size];
        area = area[size..];
        return content;
    }

    private static void Skip(ref ReadOnlySpan<byte> area, int bytes) => area = area.Length < bytes ? throw CutOff() : area[bytes..];

    private static InvalidDataException CutOff() => new("The TPM's key is cut off.");
}
