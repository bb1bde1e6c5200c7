using System.CommandLine;
using Nines.Client;
using Nines.Control.Admin;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines reach FROM TO:PORT</c></summary>
internal static class ReachCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("FROM") { Description = "Who sends: an instance, an interface, an address, or 'internet'." };
        var to = new Argument<string>("TO:PORT") { Description = "Who is to receive, and at which port; without a port for ICMP." };
        var protocol = new Option<string>("--protocol", "-p") { Description = "tcp, udp or icmp.", DefaultValueFactory = _ => "tcp", HelpName = "PROTOCOL" };
        var state = CommonOptions.State();
        var command = new Command(
            "reach",
            "Say whether a packet would arrive and be answered, and which rule, route or list decides. Nothing is sent: the answer comes from what the cloud was told. "
            + "Ends with 0 when it would, and with 1 when not.")
        {
            from, to, protocol, state,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var result = await client.Admin.ReachAsync(new ReachRequest(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(protocol)), cancellationToken);
            foreach (var step in result.Steps)
            {
                Output.Results.Profile.Out.Writer.WriteLine($"{(step.Passes ? "passes" : "blocked")}  {(step.IsAnswer ? "answer" : "packet")}  {step.ResourceId}  {step.Text}");
            }

            Output.Results.Profile.Out.Writer.WriteLine(result.IsReachable ? "reachable" : "not reachable");
            return result.IsReachable ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
