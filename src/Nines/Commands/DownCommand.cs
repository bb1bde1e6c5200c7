using System.CommandLine;
using Nines.Composition;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines down</c></summary>
internal static class DownCommand
{
    public static Command Create()
    {
        var state = CommonOptions.State();
        var purge = new Option<bool>("--purge") { Description = "Also end every server and remove all that the cloud made on this machine, its state directory included. Built images are kept." };
        var command = new Command("down", "Stop the cloud. Servers go on running and are found again by the next start.") { state, purge };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetState(state);
            var running = Endpoint.FindRunning(directory);
            if (running is null && !(parsed.GetValue(purge) && Directory.Exists(directory.Path)))
            {
                throw new UserException($"no cloud is running with its state in {directory.Path}; name another's with --state DIR or NINES_STATE", ExitCode.Unavailable);
            }

            if (running is not null)
            {
                await Step.RunAsync("stop the cloud", _ => DetachedCloud.StopAsync(running, cancellationToken));
            }

            if (parsed.GetValue(purge))
            {
                var left = await Step.RunAsync("remove everything", _ => CloudPurge.RunAsync(directory, cancellationToken));
                if (left.Count > 0)
                {
                    Output.Note($"left in {directory.Path}, as no cloud made it: {CloudFiles.Name(left)}");
                }
            }

            return ExitCode.Success;
        });
        return command;
    }
}
