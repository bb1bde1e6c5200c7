using System.Security.Cryptography;
using System.Text;

namespace Nines.Wire.Signing;

/// <summary>The key that signs: derived from the secret for one scope.</summary>
public static class SigningKey
{
    /// <summary>Derives the key; 32 bytes.</summary>
    public static byte[] Derive(string secretAccessKey, in CredentialScope scope)
    {
        var key = Encoding.UTF8.GetBytes($"AWS4{secretAccessKey}");
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Date));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Service));
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(CredentialScope.Terminator));
    }
}
