using System.Text;
using Nines.Wire.Schemas;

namespace Nines.Wire.Rest;

/// <summary>Lists in one header: values joined by commas, quoted where they need it; HTTP dates have a comma of their own.</summary>
internal static class HeaderList
{
    /// <summary>The values of a header.</summary>
    public static List<string> Split(string header, ShapeType type)
    {
        var values = new List<string>();
        var value = new StringBuilder();
        var (quoted, wasQuoted, commas) = (false, false, 0);
        for (var index = 0; index < header.Length; index++)
        {
            var letter = header[index];
            if (quoted && letter == '\\' && index + 1 < header.Length)
            {
                value.Append(header[++index]);
            }
            else if (letter == '"' && (quoted || value.ToString().Trim().Length == 0))
            {
                quoted = !quoted;
                wasQuoted = true;
                value.Append(quoted ? "" : null);
            }
            else if (letter == ',' && !quoted && !(type == ShapeType.Timestamp && IsDateComma(value, ref commas)))
            {
                Add();
            }
            else
            {
                value.Append(letter);
            }
        }

        Add();
        return values;

        void Add()
        {
            values.Add(wasQuoted ? value.ToString().TrimStart() : value.ToString().Trim());
            value.Clear();
            (wasQuoted, commas) = (false, 0);
        }
    }

    /// <summary>One value, quoted if it would not come back alone.</summary>
    public static string Quote(string value) =>
        value.Length == 0 || value.AsSpan().IndexOfAny(',', '"') >= 0 || value.Trim().Length != value.Length
            ? "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\""
            : value;

    // "Fri, 02 Jan 2026 ...": the comma after the day's name.
    private static bool IsDateComma(StringBuilder value, ref int commas) => commas++ == 0 && value.ToString().Trim() is { Length: 3 } day && day.All(char.IsAsciiLetter);
}
