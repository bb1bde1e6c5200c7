using System.Globalization;

namespace Nines.Host.Images;

/// <summary>Of <c>qemu-img</c>'s many lines, such as <c>(12.34/100%)</c>, every tenth percent is enough.</summary>
internal sealed class PercentLines(string what, IProgress<string>? progress)
{
    private int _shown = -1;

    public void OnLine(string line)
    {
        var number = line.Trim().TrimStart('(').Split('/')[0];
        if (double.TryParse(number, CultureInfo.InvariantCulture, out var percent) && (int)(percent / 10) > _shown)
        {
            _shown = (int)(percent / 10);
            progress?.Report($"{what}: {_shown * 10} %");
        }
    }
}
