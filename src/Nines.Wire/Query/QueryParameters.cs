using System.Text;

namespace Nines.Wire.Query;

/// <summary>The parameters of a query or form, as they are and as the tree that their dotted names span.</summary>
internal sealed class QueryParameters
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _all = [];
    private QueryNode? _tree;

    /// <summary>All parameters in the order in which they arrived.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All => _all;

    /// <summary>The root of the tree of dotted names. A list index is just a name here: a huge one costs nothing.</summary>
    public QueryNode Tree => _tree ??= BuildTree();

    /// <summary>The value of a parameter; the last one when it is repeated.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>Parses a query string and a form body.</summary>
    /// <exception cref="AwsException"><c>MalformedQueryString</c>.</exception>
    public static QueryParameters Parse(string query, ReadOnlySpan<byte> form)
    {
        var parameters = new QueryParameters();
        parameters.Add(Encoding.UTF8.GetBytes(query));
        parameters.Add(form);
        return parameters;
    }

    /// <summary>Decodes a part of a path, in which a plus is a plus.</summary>
    /// <exception cref="AwsException"><c>MalformedQueryString</c>.</exception>
    public static string DecodePath(string text) => Decode(Encoding.UTF8.GetBytes(text), plusIsSpace: false);

    private void Add(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'&');
            var pair = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (_all.Count == WireLimits.MaxParameters)
            {
                throw Malformed($"The request has more than {WireLimits.MaxParameters} parameters.");
            }

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (name.Length > WireLimits.MaxParameterNameLength)
            {
                throw Malformed($"A parameter's name is longer than {WireLimits.MaxParameterNameLength} characters.");
            }

            var value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            _values[name] = value;
            _all.Add(new(name, value));
        }
    }

    private QueryNode BuildTree()
    {
        var root = new QueryNode(null, "");
        var nodes = 0;
        foreach (var (name, value) in _values)
        {
            var node = root;
            var depth = 0;
            foreach (var part in name.AsSpan().Split('.'))
            {
                if (++depth > WireLimits.MaxParameterDepth)
                {
                    throw Malformed($"A parameter's name has more than {WireLimits.MaxParameterDepth} parts.");
                }

                node = node.GetOrAdd(name[part], out var added);
                if (added && ++nodes > WireLimits.MaxParameterNodes)
                {
                    throw Malformed("The parameters' names have too many different parts.");
                }
            }

            node.Value = value;
        }

        return root;
    }

    private static string Decode(ReadOnlySpan<byte> text, bool plusIsSpace = true)
    {
        if (text.IndexOfAny((byte)'%', (byte)'+') < 0)
        {
            return ToText(text);
        }

        var bytes = new byte[text.Length];
        var length = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '%')
            {
                bytes[length++] = text[index] == '+' && plusIsSpace ? (byte)' ' : text[index];
            }
            else if (index + 2 < text.Length && char.IsAsciiHexDigit((char)text[index + 1]) && char.IsAsciiHexDigit((char)text[index + 2]))
            {
                bytes[length++] = (byte)((HexValue(text[index + 1]) << 4) | HexValue(text[index + 2]));
                index += 2;
            }
            else
            {
                throw Malformed("A percent sign is not followed by two hexadecimal digits.");
            }
        }

        return ToText(bytes.AsSpan(0, length));
    }

    private static string ToText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("The parameters are not UTF-8.");
        }
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static AwsException Malformed(string message) => new("MalformedQueryString", message);
}
