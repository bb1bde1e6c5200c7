using System.CommandLine;
using System.Globalization;
using Nines.Client;
using Nines.Composition;
using Nines.Terminal;
using Spectre.Console;

namespace Nines.Commands;

/// <summary><c>nines status</c></summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var state = CommonOptions.State();
        var command = new Command("status", "Show whether the cloud runs, what is in it, and how full its hosts are.") { state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetState(state);
            var endpoint = Endpoint.GetRunning(directory);
            using var client = CloudClient.Connect(directory);
            var status = await client.Admin.StatusAsync(cancellationToken);
            var facts = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
            facts.AddRow("endpoint", $"{endpoint.Url} (process {endpoint.ProcessId})");
            facts.AddRow("account", $"{status.AccountId}, region {status.Region}");
            facts.AddRow("running since", status.StartedAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
            facts.AddRow("state", Markup.Escape(directory.Path));
            foreach (var (name, count) in status.Counts.OrderBy(count => count.Key, StringComparer.Ordinal))
            {
                facts.AddRow(Markup.Escape(name), count.ToString(CultureInfo.InvariantCulture));
            }

            Output.Results.Write(facts);
            var hosts = new Table().Border(TableBorder.None).AddColumns("HOST", "ZONES", "STATE", "ACCELERATOR", "CPUS", "MEMORY", "PROMISED", "INSTANCES");
            foreach (var host in status.Hosts)
            {
                hosts.AddRow(
                    Markup.Escape(host.Id), Markup.Escape(host.Zone), host.State, host.Accelerator, $"{host.VCpus}", $"{host.MemoryMiB} MiB", $"{host.PromisedVCpus} vCPU, {host.PromisedMemoryMiB} MiB", $"{host.Instances}");
            }

            Output.Results.Write(hosts);
            return ExitCode.Success;
        });
        return command;
    }
}
