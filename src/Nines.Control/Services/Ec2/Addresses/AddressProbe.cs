using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>
/// Finds a free address without a list of free ones: it tries addresses that follow from who asks, so that two launches at
/// once hardly ever try the same, and the same run of a simulation gives the same addresses.
/// </summary>
internal static class AddressProbe
{
    // While a block is less than half full one try in two succeeds; a block that is nearly full is searched from end to end.
    private const int ScatteredTries = 32;

    /// <summary>A free address between the two, or <see langword="null"/> when all are taken.</summary>
    /// <param name="first">The first address that may be given out.</param>
    /// <param name="last">The last one.</param>
    /// <param name="ownerId">Who asks.</param>
    /// <param name="isTaken">Whether an address is taken; called a few times, in a nearly full block up to once per address.</param>
    public static uint? Find(uint first, uint last, string ownerId, Func<uint, bool> isTaken)
    {
        if (last < first)
        {
            return null;
        }

        var count = (ulong)last - first + 1;
        var state = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(ownerId)));
        for (var attempt = 0; attempt < ScatteredTries; attempt++)
        {
            var candidate = (uint)(first + (state % count));
            if (!isTaken(candidate))
            {
                return candidate;
            }

            // Knuth's 64-bit linear congruential generator; the high bits are the good ones.
            state = BitOperations.RotateRight((state * 6364136223846793005UL) + 1442695040888963407UL, 32);
        }

        for (ulong step = 0; step < count; step++)
        {
            var candidate = (uint)(first + ((state + step) % count));
            if (!isTaken(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
