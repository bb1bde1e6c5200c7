using System.Security.Cryptography;
using System.Text;
using Nines.Host.Api;

namespace Nines.Host.Simulated;

/// <summary>What a simulated machine's TPM says: public areas of the right form, with keys that nobody has the other half of.</summary>
internal static class SimulatedTpm
{
    private const string RsaHead = "0001000B000300B20020837197674484B3F81A90CC8D46A5D724FD52D76E06520B64F2A1DA1B331469AA00060080004300100800000000000100";
    private const string EccHead =
        "0023000C000300F20030B26E7D28D11A50BC53D882BCF5FD3A1A074148BB35D3B4E4CB1C0AD9BDE419CACB47BA09699646150F9FC000F3F80E120006010000430010000400100030";

    /// <summary>The public area of a machine's endorsement key.</summary>
    public static byte[] KeyOf(string vmId, TpmKeyType type) => type is TpmKeyType.Rsa2048
        ? [.. Convert.FromHexString(RsaHead), .. NumberOf(vmId, "n", 256)]
        : [.. Convert.FromHexString(EccHead), .. NumberOf(vmId, "x", 48), 0, 48, .. NumberOf(vmId, "y", 48)];

    private static byte[] NumberOf(string vmId, string what, int bytes) => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes($"{vmId} {what}"), bytes);
}
