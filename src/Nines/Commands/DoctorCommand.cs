using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Doctor;
using Nines.Host.Processes;
using Nines.Terminal;
using Spectre.Console;

namespace Nines.Commands;

/// <summary><c>nines doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var state = CommonOptions.State();
        var command = new Command("doctor", "Look over this machine: what is installed, which accelerators really boot a guest, what is wrong and how to mend it.") { state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var commands = new HostCommands(TimeProvider.System, NullLogger<HostCommands>.Instance);
            List<Finding> findings =
            [
                .. MachineChecks.Run(parsed.GetState(state)),
                .. await ProgramChecks.RunAsync(commands, cancellationToken),
                await HypervisorChecks.RunAsync(cancellationToken),
                .. await FirewallChecks.RunAsync(parsed.GetState(state), commands, cancellationToken),
            ];
            var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "", "");
            foreach (var finding in findings)
            {
                var mark = finding.Severity switch { Severity.Good => "[green]ok[/]", Severity.Notice => "[yellow]note[/]", _ => "[red]bad[/]" };
                table.AddRow(mark, Markup.Escape(finding.Subject), Markup.Escape(finding.Detail), finding.Remedy is null ? "" : $"[grey]-> {Markup.Escape(finding.Remedy)}[/]");
            }

            Output.Results.Write(table);
            return findings.Any(finding => finding.Severity == Severity.Bad) ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }
}
