using System.Globalization;
using Nines.Control.Admin;
using Spectre.Console;

namespace Nines.Servers;

/// <summary>Volumes as a table: framed and coloured for a person, plain columns for a program.</summary>
internal static class VolumesTable
{
    private const double HighSeconds = 60;

    public static void Write(IAnsiConsole console, IReadOnlyList<VolumeLine> volumes)
    {
        var isDrawn = console.Profile.Capabilities.Ansi;
        var table = new Table().Border(isDrawn ? TableBorder.Rounded : TableBorder.None).BorderColor(Color.Grey);
        foreach (var name in new[] { "VOLUME", "TYPE", "SIZE", "STATE", "ATTACHED TO", "REPLICATION", "LAG", "COPY OF", "COPIES" })
        {
            var column = new TableColumn(isDrawn ? $"[bold]{name}[/]" : name).NoWrap();
            table.AddColumn(name is "SIZE" or "LAG" ? column.RightAligned() : column);
        }

        foreach (var volume in volumes)
        {
            table.AddRow(
                Markup.Escape(volume.Id), volume.VolumeType, string.Create(CultureInfo.InvariantCulture, $"{volume.SizeGiB} GiB"), volume.State, Markup.Escape(volume.InstanceId ?? "-"),
                volume.Replication, Lag(volume.LagSeconds), volume.CopyOf?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-", Markup.Escape(volume.Copies ?? "-"));
        }

        console.Write(table);
    }

    private static string Lag(double? seconds) => seconds switch
    {
        null => "-",
        >= HighSeconds and var high => string.Create(CultureInfo.InvariantCulture, $"[yellow]{high:0} s[/]"),
        { } some => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(some):0} s"),
    };
}
