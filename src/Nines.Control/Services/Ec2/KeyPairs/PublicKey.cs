using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>A public key of a kind that EC2 takes: RSA or Ed25519.</summary>
/// <param name="KeyType">EC2's word for the kind: <c>rsa</c> or <c>ed25519</c>.</param>
/// <param name="Blob">The key as SSH writes it (RFC 4253, section 6.6; RFC 8709).</param>
internal sealed record PublicKey(string KeyType, byte[] Blob)
{
    /// <summary>SSH's name of RSA keys.</summary>
    public const string RsaAlgorithm = "ssh-rsa";

    /// <summary>SSH's name of Ed25519 keys.</summary>
    public const string Ed25519Algorithm = "ssh-ed25519";

    private const int Ed25519Length = 32;
    private const int MinimumRsaBits = 1024;
    private const int MaximumRsaBits = 16384;
    private const int MaximumExponentLength = 8;
    private const int MaximumMaterialLength = 16384;
    private const string Rfc4716Begin = "---- BEGIN SSH2 PUBLIC KEY ----";
    private const string Rfc4716End = "---- END SSH2 PUBLIC KEY ----";
    private const string Ed25519Oid = "1.3.101.112";

    /// <summary>SSH's name of the kind.</summary>
    public string Algorithm => KeyType == "rsa" ? RsaAlgorithm : Ed25519Algorithm;

    /// <summary>The fingerprint of an imported key: MD5 of the DER form for RSA, SHA-256 of the SSH form for Ed25519, as EC2 has it.</summary>
    public string Fingerprint => KeyType == "rsa" ? Md5(ToSubjectPublicKeyInfo()) : Convert.ToBase64String(SHA256.HashData(Blob));

    /// <summary>An RSA key.</summary>
    public static PublicKey FromRsa(RSAParameters key) =>
        new("rsa", new SshWriter().String(RsaAlgorithm).MultiplePrecision(key.Exponent).MultiplePrecision(key.Modulus).ToArray());

    /// <summary>An Ed25519 key.</summary>
    public static PublicKey FromEd25519(ReadOnlySpan<byte> key) => new("ed25519", new SshWriter().String(Ed25519Algorithm).String(key).ToArray());

    /// <summary>Reads what a client imports: an OpenSSH line, an SSH2 file (RFC 4716), or DER, bare, in base64 or in PEM.</summary>
    /// <exception cref="AwsException"><c>InvalidKey.Format</c>.</exception>
    public static PublicKey Parse(ReadOnlySpan<byte> material)
    {
        if (material.Length is 0 or > MaximumMaterialLength)
        {
            throw KeyPairErrors.NotAKey();
        }

        try
        {
            return (material[0] == (byte)DerSequence ? FromDer(material.ToArray()) : Parse(Encoding.UTF8.GetString(material).Trim())) ?? throw KeyPairErrors.NotAKey();
        }
        catch (Exception e) when (e is FormatException or CryptographicException or AsnContentException or ArgumentException)
        {
            throw KeyPairErrors.NotAKey();
        }
    }

    /// <summary>A line of <c>authorized_keys</c>.</summary>
    public string ToOpenSsh(string comment) => $"{Algorithm} {Convert.ToBase64String(Blob)} {comment}";

    private const char DerSequence = '0';

    private static PublicKey? Parse(string text)
    {
        if (text.StartsWith(Rfc4716Begin, StringComparison.Ordinal))
        {
            return FromBlob(Convert.FromBase64String(Rfc4716Body(text)));
        }

        if (text.StartsWith("-----BEGIN ", StringComparison.Ordinal))
        {
            return FromPem(text);
        }

        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is [RsaAlgorithm or Ed25519Algorithm, var base64, ..])
        {
            var key = FromBlob(Convert.FromBase64String(base64));
            return key?.Algorithm == words[0] ? key : null;
        }

        return FromDer(Convert.FromBase64String(text));
    }

    /// <summary>The lines between the marks, without the headers, which a backslash at their end continues.</summary>
    private static string Rfc4716Body(string text)
    {
        var body = new StringBuilder();
        var inHeader = false;
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Skip(1).TakeWhile(line => line != Rfc4716End))
        {
            inHeader = inHeader || line.Contains(':', StringComparison.Ordinal);
            body.Append(inHeader ? "" : line);
            inHeader = inHeader && line.EndsWith('\\');
        }

        return body.ToString();
    }

    private static PublicKey? FromPem(string text)
    {
        var fields = PemEncoding.Find(text);
        var der = Convert.FromBase64String(text[fields.Base64Data]);
        switch (text[fields.Label])
        {
            case "PUBLIC KEY":
                return FromDer(der);
            case "RSA PUBLIC KEY":
                using (var rsa = RSA.Create())
                {
                    rsa.ImportRSAPublicKey(der, out _);
                    return FromBlob(FromRsa(rsa.ExportParameters(false)).Blob);
                }

            default:
                return null;
        }
    }

    private static PublicKey? FromDer(byte[] der)
    {
        var info = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        if (info.PeekTag() == Asn1Tag.Sequence && info.ReadSequence().ReadObjectIdentifier() == Ed25519Oid)
        {
            var key = info.ReadBitString(out _);
            return key.Length == Ed25519Length ? FromEd25519(key) : null;
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(der, out _);
        return FromBlob(FromRsa(rsa.ExportParameters(false)).Blob);
    }

    /// <summary>The key of an SSH blob whose every part is as it must be, or <see langword="null"/>.</summary>
    private static PublicKey? FromBlob(byte[] blob)
    {
        var reader = new SshReader(blob);
        if (!reader.TryReadString(out var algorithm) || !reader.TryReadString(out var first))
        {
            return null;
        }

        if (algorithm.SequenceEqual("ssh-ed25519"u8))
        {
            return first.Length == Ed25519Length && reader.IsAtEnd ? new PublicKey("ed25519", blob) : null;
        }

        if (!algorithm.SequenceEqual("ssh-rsa"u8) || !reader.TryReadString(out var modulus) || !reader.IsAtEnd)
        {
            return null;
        }

        var bits = modulus.TrimStart((byte)0).Length * 8;
        return bits is >= MinimumRsaBits and <= MaximumRsaBits && first.Length is > 0 and <= MaximumExponentLength && (first[^1] & 1) == 1
            ? new PublicKey("rsa", blob)
            : null;
    }

    private byte[] ToSubjectPublicKeyInfo()
    {
        var reader = new SshReader(Blob);
        reader.TryReadString(out _);
        reader.TryReadString(out var exponent);
        reader.TryReadString(out var modulus);
        using var rsa = RSA.Create(new RSAParameters { Exponent = exponent.TrimStart((byte)0).ToArray(), Modulus = modulus.TrimStart((byte)0).ToArray() });
        return rsa.ExportSubjectPublicKeyInfo();
    }

#pragma warning disable CA5351 // The fingerprint that EC2 defines is an MD5; it identifies, it protects nothing.
    private static string Md5(byte[] bytes) => PrivateKey.Hex(MD5.HashData(bytes));
#pragma warning restore CA5351
}
