using System.Security.Cryptography;
using System.Text;

namespace Nines.Host.Simulated;

/// <summary>What a simulated machine shows.</summary>
internal static class SimulatedScreen
{
    /// <summary>A picture of one black point (W3C, Portable Network Graphics).</summary>
    public static readonly ReadOnlyMemory<byte> Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

    /// <summary>The password that its guest says, as far as anybody can tell who has no key.</summary>
    public static ReadOnlyMemory<byte> PasswordOf(string vmId) => Encoding.ASCII.GetBytes(Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(vmId))));

    /// <summary>What its serial console says.</summary>
    public static byte[] ConsoleOf(string vmId) => Encoding.UTF8.GetBytes($"Simulated machine {vmId}\r\n{vmId} login: ");
}
