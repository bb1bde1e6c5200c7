using System.Buffers;
using System.Text;

namespace Nines.Wire.Signing;

/// <summary>The percent-encoding of Signature Version 4: everything but RFC 3986's unreserved characters, in capitals.</summary>
internal static class UriEncoding
{
    private const int LongestStackText = 512;

    private static readonly SearchValues<char> s_unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~");

    private static readonly SearchValues<char> s_unreservedOrSlash =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/");

    /// <summary>Encodes text; slashes stay when <paramref name="keepSlash"/>.</summary>
    public static string Encode(string text, bool keepSlash)
    {
        var plain = keepSlash ? s_unreservedOrSlash : s_unreserved;
        if (!text.AsSpan().ContainsAnyExcept(plain))
        {
            return text;
        }

        return EncodeBytes(Encoding.UTF8.GetBytes(text), plain);
    }

    /// <summary>
    /// Decodes what is percent-encoded and encodes it again, so that every way to write a text comes out the same.
    /// A percent sign that begins no valid escape stands for itself.
    /// </summary>
    /// <param name="text">The text as it was sent.</param>
    /// <param name="keepSlash">Whether slashes stay.</param>
    /// <param name="plusIsSpace">Whether a plus stands for a space, as it does in a query.</param>
    public static string Reencode(ReadOnlySpan<char> text, bool keepSlash, bool plusIsSpace)
    {
        var plain = keepSlash ? s_unreservedOrSlash : s_unreserved;
        if (!text.ContainsAnyExcept(plain))
        {
            return text.ToString();
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return EncodeBytes(bytes.AsSpan(0, Decode(text, bytes, plusIsSpace)), plain);
    }

    /// <summary>Decodes what is percent-encoded, as UTF-8.</summary>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsSpace)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, Decode(text, bytes, plusIsSpace)));
    }

    private static int Decode(ReadOnlySpan<char> text, Span<byte> bytes, bool plusIsSpace)
    {
        var length = 0;
        for (var index = 0; index < text.Length;)
        {
            var character = text[index];
            if (character == '%' && index + 2 < text.Length && char.IsAsciiHexDigit(text[index + 1]) && char.IsAsciiHexDigit(text[index + 2]))
            {
                bytes[length++] = (byte)((HexValue(text[index + 1]) << 4) | HexValue(text[index + 2]));
                index += 3;
            }
            else if (character == '+' && plusIsSpace)
            {
                bytes[length++] = (byte)' ';
                index++;
            }
            else
            {
                Rune.DecodeFromUtf16(text[index..], out var rune, out var consumed);
                length += rune.EncodeToUtf8(bytes[length..]);
                index += consumed;
            }
        }

        return length;
    }

    private static string EncodeBytes(ReadOnlySpan<byte> bytes, SearchValues<char> plain)
    {
        var size = bytes.Length * 3;
        var rented = size > LongestStackText ? ArrayPool<char>.Shared.Rent(size) : null;
        var output = rented ?? stackalloc char[LongestStackText];
        var length = 0;
        foreach (var value in bytes)
        {
            if (plain.Contains((char)value))
            {
                output[length++] = (char)value;
                continue;
            }

            output[length++] = '%';
            output[length++] = HexDigit(value >> 4);
            output[length++] = HexDigit(value & 0xF);
        }

        var text = new string(output[..length]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return text;
    }

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
