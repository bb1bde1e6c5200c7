using System.CommandLine;
using Nines.Client;
using Nines.Control.Admin;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines fault link ENI up|down</c></summary>
internal static class FaultCommand
{
    public static Command Create() => new("fault", "Break something on purpose, to see what servers do about it.") { Link() };

    private static Command Link()
    {
        var adapter = new Argument<string>("ENI") { Description = "The network interface of a server, eni-…" };
        var position = new Argument<string>("up|down") { Description = "Whether its cable is in." };
        position.AcceptOnlyFromAmong("up", "down");
        var state = CommonOptions.State();
        var command = new Command("link", "Pull the cable of a server's network interface, or put it back. It stays pulled through stops and starts, until it is put back or detached.")
        {
            adapter, position, state,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var isUp = parsed.GetValue(position) == "up";
            await client.Admin.SetLinkAsync(new LinkRequest(parsed.GetValue(adapter), isUp), cancellationToken);
            Output.Note($"the cable of {parsed.GetValue(adapter)} is {(isUp ? "in" : "out")}");
            return ExitCode.Success;
        });
        return command;
    }
}
