using System.CommandLine;
using System.Globalization;
using System.Text;
using Nines.Api.Ec2;
using Nines.Client;
using Nines.Composition;
using Nines.Control.Audit;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines logs [ID]</c></summary>
internal static class LogsCommand
{
    private static readonly string[] FollowOption = ["-F"];

    public static Command Create()
    {
        var id = new Argument<string?>("ID") { Description = "A server: its serial console's newest output. Nothing: the cloud's own log.", Arity = ArgumentArity.ZeroOrOne };
        var lines = new Option<int>("--lines", "-n") { Description = "How many lines.", DefaultValueFactory = _ => 100, HelpName = "N" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what the cloud logs from now on, until Ctrl-C." };
        var audit = new Option<bool>("--audit") { Description = "Who changed what, instead of the cloud's log." };
        var state = CommonOptions.State();
        var command = new Command("logs", "Show the cloud's log, who changed what, or what a server wrote to its serial console.") { id, lines, follow, audit, state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetState(state);
            if (parsed.GetValue(id) is { } server)
            {
                using var client = CloudClient.Connect(directory);
                var result = await client.CallAsync(
                    Ec2Api.GetConsoleOutput, new GetConsoleOutputRequest { InstanceId = server, Latest = true }, cancellationToken);
                Console.Write(Encoding.UTF8.GetString(Convert.FromBase64String(result.Output ?? "")));
                return ExitCode.Success;
            }

            if (parsed.GetValue(audit))
            {
                using var client = CloudClient.Connect(directory);
                foreach (var line in await client.Admin.ReadAuditAsync(parsed.GetValue(lines), cancellationToken))
                {
                    Console.WriteLine(Text(line));
                }

                return ExitCode.Success;
            }

            var follows = parsed.GetValue(follow);
            return File.Exists(directory.Log)
                ? await Child.RunAsync("tail", ["-n", $"{parsed.GetValue(lines)}", .. follows ? FollowOption : [], directory.Log], null, cancellationToken)
                : throw new UserException($"{directory.Log} does not exist; a cloud that was started without --detach logs to its terminal", ExitCode.Unavailable);
        });
        return command;
    }

    private static string Text(AuditLine line)
    {
        var more = line.ResourceCount > line.Resources.Length ? $" and {line.ResourceCount - line.Resources.Length} more" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Time:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {line.Action} by {line.PrincipalArn} ({line.AccessKeyId}) from {line.SourceAddress}: {line.Parameters} -> {string.Join(' ', line.Resources)}{more} [{line.RequestId}]");
    }
}
