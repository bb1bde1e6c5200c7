using System.Globalization;

namespace Nines.Host.Images;

/// <summary>Of <c>qemu-img</c>'s many lines, such as <c>(12.34/100%)</c>, every tenth percent is enough for people.</summary>
internal sealed class PercentLines(string what, IProgress<string>? progress)
{
    private int _shown = -1;

    public void OnLine(string line)
    {
        if (Parse(line) / 10 is { } tenth && tenth > _shown)
        {
            _shown = tenth;
            progress?.Report($"{what}: {_shown * 10} %");
        }
    }

    /// <summary>The whole percent of a line; <see langword="null"/>: it says something else.</summary>
    public static int? Parse(string line) =>
        double.TryParse(line.Trim().TrimStart('(').Split('/')[0], CultureInfo.InvariantCulture, out var percent) ? (int)percent : null;
}
