using System.Security.Cryptography;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>A new key of either kind, which exists until the client has it and no longer.</summary>
/// <param name="Public">Its public half.</param>
/// <param name="Fingerprint">The fingerprint that EC2 gives a key of its own making: SHA-1 of the PKCS #8 form for RSA, SHA-256 of the public half for Ed25519.</param>
/// <param name="ToPem">The private key in the form that OpenSSH reads, given a comment.</param>
/// <param name="ToPpk">The private key in PuTTY's form, given a comment.</param>
internal sealed record PrivateKey(PublicKey Public, string Fingerprint, Func<string, string> ToPem, Func<string, string> ToPpk)
{
    private const int RsaBits = 2048;
    private const int Ed25519Length = 32;

    /// <summary>A new RSA key of 2048 bits.</summary>
    public static PrivateKey CreateRsa()
    {
        using var rsa = RSA.Create(RsaBits);
        var parameters = rsa.ExportParameters(includePrivateParameters: true);
        var pem = rsa.ExportRSAPrivateKeyPem();
        var publicKey = PublicKey.FromRsa(parameters);
#pragma warning disable CA5350 // The fingerprint that EC2 defines is a SHA-1; it identifies, it protects nothing.
        var fingerprint = Hex(SHA1.HashData(rsa.ExportPkcs8PrivateKey()));
#pragma warning restore CA5350
        var secret = new SshWriter()
            .MultiplePrecision(parameters.D).MultiplePrecision(parameters.P).MultiplePrecision(parameters.Q).MultiplePrecision(parameters.InverseQ).ToArray();
        return new PrivateKey(publicKey, fingerprint, _ => pem, comment => PuttyKeyFile.Write(publicKey, secret, comment));
    }

    /// <summary>A new Ed25519 key.</summary>
    public static PrivateKey CreateEd25519()
    {
        var seed = RandomNumberGenerator.GetBytes(Ed25519Length);
        var key = new byte[Ed25519Length];
        Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.GeneratePublicKey(seed, 0, key, 0);
        var publicKey = PublicKey.FromEd25519(key);
        var secret = new SshWriter().String(seed.AsSpan().TrimEnd((byte)0)).ToArray();
        return new PrivateKey(
            publicKey,
            publicKey.Fingerprint,
            comment => OpenSshKeyFile.Write(publicKey, key, seed, comment),
            comment => PuttyKeyFile.Write(publicKey, secret, comment));
    }

    /// <summary>Bytes in lower-case hexadecimal with colons between, as fingerprints are written.</summary>
    internal static string Hex(byte[] bytes) => string.Join(':', bytes.Select(one => one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
}
