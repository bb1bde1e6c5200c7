using System.Security.Cryptography;
using System.Text;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>PuTTY's form of a private key, version 2, without a passphrase. Source: appendix C of the PuTTY manual.</summary>
internal static class PuttyKeyFile
{
    private const int LineLength = 64;

    /// <summary>A key of either kind.</summary>
    /// <param name="key">The public half.</param>
    /// <param name="secret">The private half as PuTTY lays it out for the kind.</param>
    /// <param name="comment">What users see of it.</param>
    public static string Write(PublicKey key, byte[] secret, string comment)
    {
#pragma warning disable CA5350 // The file's format asks for SHA-1; without a passphrase it is a checksum.
        var macKey = SHA1.HashData("putty-private-key-file-mac-key"u8);
        var macData = new SshWriter().String(key.Algorithm).String("none").String(comment).String(key.Blob).String(secret).ToArray();
        var mac = Convert.ToHexStringLower(HMACSHA1.HashData(macKey, macData));
#pragma warning restore CA5350
        var file = new StringBuilder()
            .Append("PuTTY-User-Key-File-2: ").Append(key.Algorithm)
            .Append("\r\nEncryption: none\r\nComment: ").Append(comment);
        AppendLines(file, "Public-Lines", key.Blob);
        AppendLines(file, "Private-Lines", secret);
        return file.Append("\r\nPrivate-MAC: ").Append(mac).Append("\r\n").ToString();
    }

    private static void AppendLines(StringBuilder file, string name, byte[] bytes)
    {
        string[] lines = [.. Convert.ToBase64String(bytes).Chunk(LineLength).Select(line => new string(line))];
        file.Append("\r\n").Append(name).Append(": ").Append(lines.Length).Append("\r\n").AppendJoin("\r\n", lines);
    }
}
