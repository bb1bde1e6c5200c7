using System.Buffers;

namespace Nines.Wire.Xml;

/// <summary>Text as XML 1.0 character data in UTF-8.</summary>
internal static class XmlText
{
    // What can be copied as it is. Everything else is escaped, or replaced where XML cannot carry it at all.
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        "\t\n !#$%()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Whether the text is ASCII that can be copied as element content.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_plain);

    /// <summary>Appends text, escaped for element content and, where <paramref name="attribute"/>, attribute values.</summary>
    public static void Append(PooledBuffer buffer, ReadOnlySpan<char> text, bool attribute = false)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAnyExcept(s_plain);
            var plain = end < 0 ? text : text[..end];
            if (attribute && plain.IndexOfAny('\t', '\n') is >= 0 and var space)
            {
                end = space;
                plain = plain[..space];
            }

            buffer.Append(plain);
            if (end < 0)
            {
                return;
            }

            text = text[end..];
            text = text[AppendSpecial(buffer, text)..];
        }
    }

    private static int AppendSpecial(PooledBuffer buffer, ReadOnlySpan<char> text)
    {
        switch (text[0])
        {
            case '&':
                buffer.Append("&amp;"u8);
                return 1;
            case '<':
                buffer.Append("&lt;"u8);
                return 1;
            case '>':
                buffer.Append("&gt;"u8);
                return 1;
            case '"':
                buffer.Append("&quot;"u8);
                return 1;
            case '\'':
                buffer.Append("&#39;"u8);
                return 1;
            case '\r':
                // A bare carriage return would be read back as a line feed.
                buffer.Append("&#xD;"u8);
                return 1;
            case '\t':
                buffer.Append("&#x9;"u8);
                return 1;
            case '\n':
                buffer.Append("&#xA;"u8);
                return 1;
        }

        if (text[0] is < ' ' or '\uFFFE' or '\uFFFF')
        {
            buffer.Append("\uFFFD"u8);
            return 1;
        }

        var length = 1;
        while (length < text.Length && text[length] > '\u007F' && text[length] is not ('\uFFFE' or '\uFFFF'))
        {
            length++;
        }

        buffer.Append(text[..length]);
        return length;
    }
}
