using System.CommandLine;
using Nines.Composition;
using Nines.Servers;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines run IMAGE [-- CMD…]</c></summary>
internal static class RunCommand
{
    public static Command Create(IReadOnlyList<string> passed)
    {
        var image = new Argument<string>("IMAGE") { Description = "Name or id of an image: tiny, debian-12, ami-…" };
        var type = new Option<string>("--type") { Description = "Instance type.", DefaultValueFactory = _ => "t3.micro", HelpName = "TYPE" };
        var count = new Option<int>("--count") { Description = "How many servers.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var keep = new Option<bool>("--keep") { Description = "Leave the servers running when the command or shell has ended." };
        var userData = new Option<FileInfo?>("--user-data") { Description = "File that the servers get as user data.", HelpName = "FILE" };
        var state = CommonOptions.State();
        var command = new Command("run", "Launch fresh servers and open a shell in one, or run what follows -- and pass its exit code on; then terminate them.")
        {
            image, type, count, keep, userData, state,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new RunRequest
            {
                State = parsed.GetState(state),
                Image = parsed.GetValue(image)!,
                InstanceType = parsed.GetValue(type)!,
                Count = parsed.GetValue(count),
                Keep = parsed.GetValue(keep),
                UserData = await ReadUserDataAsync(parsed.GetValue(userData), cancellationToken),
                Command = passed,
            };
            if (request.Count is < 1 or > 1000)
            {
                throw new UserException($"--count takes 1 to 1000, not {request.Count}", ExitCode.Usage);
            }

            return await RunSession.RunAsync(request, cancellationToken);
        });
        return command;
    }

    private static async Task<byte[]?> ReadUserDataAsync(FileInfo? file, CancellationToken cancellationToken)
    {
        const int MaxBytes = 16384;
        if (file is null)
        {
            return null;
        }

        if (!file.Exists)
        {
            throw new UserException($"there is no file {file}", ExitCode.Usage);
        }

        return file.Length <= MaxBytes
            ? await File.ReadAllBytesAsync(file.FullName, cancellationToken)
            : throw new UserException($"user data may have {MaxBytes} bytes; {file} has {file.Length}", ExitCode.Usage);
    }
}
