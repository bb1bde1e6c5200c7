using System.CommandLine;
using Nines.Client;
using Nines.Control.Admin;
using Nines.Servers;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines volumes</c></summary>
internal static class VolumesCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Description = "Volumes; nothing: all of them.", Arity = ArgumentArity.ZeroOrMore };
        var state = CommonOptions.State();
        var command = new Command(
            "volumes",
            "Show the volumes and how their copies stand. LAG is the age of an asynchronous copy: what was written longer ago is in it, and 0 s means that nothing was written since. "
            + "A volume has such a copy where the cloud was started with --mirror and the volume bears the tag nines:replication=asynchronous; one of type io2 has a synchronous copy.")
        {
            ids, state,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var chosen = parsed.GetValue(ids) is { Length: > 0 } some ? some : null;
            var result = await client.Admin.VolumesAsync(new VolumesRequest(chosen), cancellationToken);
            if (chosen?.Except(result.Volumes.Select(volume => volume.Id)).FirstOrDefault() is { } unknown)
            {
                throw new UserException($"there is no volume {unknown}", ExitCode.Unavailable);
            }

            VolumesTable.Write(Output.Results, result.Volumes);
            return ExitCode.Success;
        });
        return command;
    }
}
