using System.CommandLine;
using Nines.Client;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines console ID</c></summary>
internal static class ConsoleCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The instance id." };
        var state = CommonOptions.State();
        var command = new Command("console", "Open a server's serial console, live. Ctrl-] leaves it.") { id, state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var instance = parsed.GetValue(id)!;
            await using var console = await client.Admin.OpenConsoleAsync(instance, cancellationToken);
            Output.Note($"the console of {instance}; Ctrl-] leaves it");
            await RawTerminal.AttachAsync(console, cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }
}
