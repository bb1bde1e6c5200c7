using System.CommandLine;
using System.Diagnostics;
using Nines.Client;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines reset</c></summary>
internal static class ResetCommand
{
    public static Command Create()
    {
        var state = CommonOptions.State();
        var command = new Command("reset", "Empty the account: every server, disk and key pair goes, and it is as new. For test suites.") { state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var clock = Stopwatch.StartNew();
            var result = await client.Admin.ResetAsync(cancellationToken);
            Output.Note($"the account is as new ({result.Milliseconds:0.0} ms in the cloud, {clock.Elapsed.TotalMilliseconds:0} ms with the call)");
            return ExitCode.Success;
        });
        return command;
    }
}
