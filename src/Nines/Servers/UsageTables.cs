using System.Globalization;
using Nines.Control.Admin;
using Spectre.Console;

namespace Nines.Servers;

/// <summary>Usage as tables: framed and coloured for a person, plain columns for a program.</summary>
internal static class UsageTables
{
    private const double BytesPerMiB = 1 << 20;
    private const double HighPercent = 80;

    public static void Write(IAnsiConsole console, UsageReport report)
    {
        var servers = NewTable(console, ["SERVER", "TYPE", "STATE", "LAUNCHED"], ["VCPUS", "MEMORY", "OWN", "SHARED", "CPU TIME", "CPU"]);
        foreach (var server in report.After.Servers)
        {
            servers.AddRow(
                Plain(server.Id), Plain(server.InstanceType), Plain(server.State), server.FastLaunched == true ? $"[green]{server.Launched}[/]" : server.Launched,
                Number(server.VCpus), $"{Number(server.MemoryMiB)} MiB", MiB(server.OwnBytes), MiB(server.SharedBytes), Seconds(server.ProcessorSeconds), Percent(report.PercentOf(server)));
        }

        console.Write(servers);
        console.WriteLine();
        var hosts = NewTable(console, ["HOST"], ["SERVERS", "VCPUS PROMISED", "MEMORY PROMISED", "MEMORY USED", "OWN", "CPU", "KEPT", "KEPT MEMORY", "KEPT DISK"]);
        foreach (var host in report.After.Hosts)
        {
            AddHost(hosts, report, host);
        }

        console.Write(hosts);
    }

    private static void AddHost(Table table, UsageReport report, HostLoad host)
    {
        var here = report.After.Servers.Where(server => server.HostId == host.Id).ToArray();
        var isMeasured = host.MeasuredAt is not null;
        var used = host.MemoryMiB - (host.AvailableBytes / BytesPerMiB);
        table.AddRow(
            Plain(host.Id),
            Number(here.Length),
            $"{Number(host.PromisedVCpus)} of {Number(host.CapacityVCpus)}",
            $"{Number(host.PromisedMemoryMiB)} of {Number(host.CapacityMemoryMiB)} MiB",
            isMeasured ? $"{Number(used)} of {Number(host.MemoryMiB)} MiB ({Percent(used / Math.Max(1, host.MemoryMiB) * 100)})" : "-",
            isMeasured ? MiB(here.Sum(server => server.OwnBytes ?? 0)) : "-",
            Percent(report.PercentOf(host)),
            isMeasured ? Number(host.KeptGuests) : "-",
            isMeasured ? MiB(host.KeptMemoryBytes) : "-",
            isMeasured ? MiB(host.KeptDiskBytes) : "-");
    }

    private static Table NewTable(IAnsiConsole console, string[] texts, string[] numbers)
    {
        var isDrawn = console.Profile.Capabilities.Ansi;
        var table = new Table().Border(isDrawn ? TableBorder.Rounded : TableBorder.None).BorderColor(Color.Grey);
        foreach (var name in texts)
        {
            table.AddColumn(new TableColumn(isDrawn ? $"[bold]{name}[/]" : name).NoWrap());
        }

        foreach (var name in numbers)
        {
            table.AddColumn(new TableColumn(isDrawn ? $"[bold]{name}[/]" : name).RightAligned().NoWrap());
        }

        return table;
    }

    private static string Plain(string text) => Markup.Escape(text);

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    private static string MiB(long? bytes) => bytes is { } some ? string.Create(CultureInfo.InvariantCulture, $"{some / BytesPerMiB:0.0} MiB") : "-";

    private static string Seconds(double? seconds) => seconds is { } some ? string.Create(CultureInfo.InvariantCulture, $"{some:0.0} s") : "-";

    private static string Percent(double? percent) => percent switch
    {
        null => "-",
        >= HighPercent and var high => string.Create(CultureInfo.InvariantCulture, $"[yellow]{high:0.0} %[/]"),
        { } some => string.Create(CultureInfo.InvariantCulture, $"{some:0.0} %"),
    };
}
