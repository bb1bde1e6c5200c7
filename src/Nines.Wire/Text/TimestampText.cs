using System.Globalization;
using Nines.Wire.Schemas;

namespace Nines.Wire.Text;

/// <summary>Timestamps as text in the three formats of AWS, to the millisecond. Source: Smithy's <c>timestampFormat</c>.</summary>
internal static class TimestampText
{
    private const string Iso = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string IsoMilliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // Clients send offsets, no seconds' fraction or up to seven digits of it, and sometimes no zone at all, which means UTC.
    private static readonly string[] s_isoFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyyMMdd'T'HHmmssK", "yyyy-MM-dd",
    ];

    /// <summary>Writes a time; <paramref name="milliseconds"/> keeps a fraction even when it is zero, as EC2 does.</summary>
    public static string Format(DateTimeOffset value, TimestampFormat format, bool milliseconds = false) => format switch
    {
        TimestampFormat.HttpDate => value.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture),
        TimestampFormat.EpochSeconds => EpochSeconds(value).ToString(CultureInfo.InvariantCulture),
        _ => value.ToUniversalTime().ToString(milliseconds || value.Millisecond != 0 ? IsoMilliseconds : Iso, CultureInfo.InvariantCulture),
    };

    /// <summary>Seconds since 1970 with the milliseconds as fraction.</summary>
    public static decimal EpochSeconds(DateTimeOffset value) => value.ToUnixTimeMilliseconds() is var ms && ms % 1000 == 0 ? ms / 1000 : ms / 1000m;

    /// <summary>The time so many seconds after 1970; false when that is no time.</summary>
    public static bool TryFromEpochSeconds(double seconds, out DateTimeOffset value)
    {
        value = default;
        var milliseconds = Math.Round(seconds * 1000);
        if (!(milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()))
        {
            return false;
        }

        value = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        return true;
    }

    /// <summary>Reads a time in whichever of the formats it is written: clients disagree with their models.</summary>
    public static bool TryParse(string text, out DateTimeOffset value)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, s_isoFormats, CultureInfo.InvariantCulture, Utc, out value)
            || DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, Utc, out value)
            || (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var seconds)
                && TryFromEpochSeconds(seconds, out value));
    }
}
