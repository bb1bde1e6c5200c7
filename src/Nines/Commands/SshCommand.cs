using System.CommandLine;
using Nines.Client;
using Nines.Servers;

namespace Nines.Commands;

/// <summary><c>nines ssh ID [-- CMD…]</c></summary>
internal static class SshCommand
{
    public static Command Create(IReadOnlyList<string> passed)
    {
        var id = new Argument<string>("ID") { Description = "The instance id." };
        var user = new Option<string?>("--user", "-l") { Description = "User to log in as (default: the image's).", HelpName = "NAME" };
        var state = CommonOptions.State();
        var command = new Command("ssh", "Open a shell in a server, or run what follows -- in it; its exit code is passed on.") { id, user, state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetState(state);
            using var client = CloudClient.Connect(directory);
            var server = await client.FindReachableAsync(parsed.GetValue(id)!, cancellationToken);
            var name = parsed.GetValue(user) ?? await client.DefaultUserAsync(server.ImageId, cancellationToken);
            return await SshSession.RunAsync(directory, server, name, passed, cancellationToken);
        });
        return command;
    }
}
