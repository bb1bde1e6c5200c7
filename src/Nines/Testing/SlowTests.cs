using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Nines.Testing;

/// <summary>Where the time of a suite goes, from the report that xUnit writes (its format "v2").</summary>
internal static class SlowTests
{
    private const int MaxShown = 12;

    /// <summary>Quicker ones are of no interest.</summary>
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(10);

    /// <summary>The slowest tests, with what their classes are prepared by left out; none when there is no report.</summary>
    public static IReadOnlyList<(string Name, TimeSpan Time)> Read(string path)
    {
        try
        {
            return [.. XDocument.Load(path).Descendants("test")
                .Select(test => (Name: (string?)test.Attribute("name") ?? "", Time: TimeSpan.FromSeconds(double.Parse((string?)test.Attribute("time") ?? "0", CultureInfo.InvariantCulture))))
                .Where(test => test.Time >= s_slow).OrderByDescending(test => test.Time).Take(MaxShown)];
        }
        catch (Exception exception) when (exception is IOException or XmlException or FormatException)
        {
            // A suite that was ended wrote none.
            return [];
        }
    }
}
