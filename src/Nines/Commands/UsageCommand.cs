using System.CommandLine;
using Nines.Client;
using Nines.Control.Admin;
using Nines.Servers;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines usage</c></summary>
internal static class UsageCommand
{
    private const double ShortestSeconds = 0.1;
    private const double LongestSeconds = 600;

    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Description = "Servers; nothing: all of them.", Arity = ArgumentArity.ZeroOrMore };
        var interval = new Option<double>("--interval", "-i")
        {
            Description = "Over how many seconds processor use is measured.",
            DefaultValueFactory = _ => 1,
            HelpName = "SECONDS",
        };
        var state = CommonOptions.State();
        var command = new Command(
            "usage",
            "Show what every server was promised and really takes, how it was launched, and how full the hosts are. OWN is memory that nothing else has; "
            + "SHARED is memory of files, kept memory above all, and of what servers were forked of, that other servers may use too.")
        {
            ids, interval, state,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var seconds = parsed.GetValue(interval);
            if (seconds is not (>= ShortestSeconds and <= LongestSeconds))
            {
                throw new UserException($"--interval takes {ShortestSeconds} to {LongestSeconds} seconds, not {seconds}", ExitCode.Usage);
            }

            using var client = CloudClient.Connect(parsed.GetState(state));
            var chosen = parsed.GetValue(ids) is { Length: > 0 } some ? some : null;
            var request = new UsageRequest(chosen, Measure: true);
            var before = await client.Admin.UsageAsync(request, cancellationToken);
            if (chosen?.Except(before.Servers.Select(server => server.Id)).FirstOrDefault() is { } unknown)
            {
                throw new UserException($"there is no server {unknown}", ExitCode.Unavailable);
            }

            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
            var report = new UsageReport(before, await client.Admin.UsageAsync(request, cancellationToken));
            UsageTables.Write(Output.Results, report);
            return ExitCode.Success;
        });
        return command;
    }
}
