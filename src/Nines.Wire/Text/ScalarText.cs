using System.Globalization;
using Nines.Wire.Schemas;

namespace Nines.Wire.Text;

/// <summary>Scalars as text, in the form that query parameters, XML elements, headers and labels share.</summary>
internal static class ScalarText
{
    public static string Format(bool value) => value ? "true" : "false";

    public static string Format(double value) => double.IsPositiveInfinity(value) ? "Infinity" : double.IsNegativeInfinity(value) ? "-Infinity" : value.ToString("R", CultureInfo.InvariantCulture);

    public static string Format(float value) => float.IsPositiveInfinity(value) ? "Infinity" : float.IsNegativeInfinity(value) ? "-Infinity" : value.ToString("R", CultureInfo.InvariantCulture);

    public static bool? ParseBoolean(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) ? true : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false : null;

    public static int? ParseInteger(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static long? ParseLong(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static float? ParseFloat(string text) => text switch
    {
        "NaN" => float.NaN,
        "Infinity" => float.PositiveInfinity,
        "-Infinity" => float.NegativeInfinity,
        _ => float.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) ? value : null,
    };

    public static double? ParseDouble(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null,
    };

    public static byte[]? ParseBlob(string text)
    {
        var bytes = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    public static DateTimeOffset? ParseTimestamp(string text) => TimestampText.TryParse(text, out var value) ? value : null;

    /// <summary>The type's name for people: what an error says was expected.</summary>
    public static string Describe(ShapeType type) => type switch
    {
        ShapeType.Boolean => "'true' or 'false'",
        ShapeType.Integer => "a 32-bit integer",
        ShapeType.Long => "a 64-bit integer",
        ShapeType.Float or ShapeType.Double => "a number",
        ShapeType.Blob => "base64",
        ShapeType.Timestamp => "a timestamp",
        ShapeType.List => "a list",
        ShapeType.Map => "a map",
        ShapeType.Structure => "a structure",
        _ => "text",
    };
}
