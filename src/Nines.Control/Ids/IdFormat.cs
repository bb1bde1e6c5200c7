namespace Nines.Control.Ids;

/// <summary>How AWS writes ids: 17 hexadecimal digits, of which the first is always 0.</summary>
internal static class IdFormat
{
    public const int RandomBytes = 8;
    public const int UuidBytes = 16;

    public static string Id(string prefix, ReadOnlySpan<byte> random) => string.Concat(prefix, "-0", Convert.ToHexStringLower(random));

    /// <summary>A version 4 UUID of these bytes, six bits of which say so (RFC 9562).</summary>
    public static Guid Uuid(byte[] random)
    {
        random[6] = (byte)(0x40 | (random[6] & 0x0F));
        random[8] = (byte)(0x80 | (random[8] & 0x3F));
        return new Guid(random, bigEndian: true);
    }
}
