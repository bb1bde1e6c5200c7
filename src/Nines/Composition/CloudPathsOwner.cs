namespace Nines.Composition;

/// <summary>Makes the state directory and sees to it that it is ours alone: it holds keys and disks.</summary>
internal static class CloudPathsOwner
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // The hypervisor's user must pass through to its own files below; it can list nothing here.
    private const UnixFileMode PassThrough = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Makes the directory, or takes the one that is there.</summary>
    /// <exception cref="UserException">It is another user's, cannot be used, or is for something else.</exception>
    public static void Claim(CloudPaths state)
    {
        try
        {
            if (Directory.Exists(state.Path) && !CloudFiles.AreIn(state) && CloudFiles.ForeignIn(state) is { Count: > 0 } foreign)
            {
                throw new UserException($"{state.Path} has files that no cloud made ({CloudFiles.Name(foreign)}): choose an empty or a new directory with --state", ExitCode.Usage);
            }

            Directory.CreateDirectory(state.Path, PassThrough);
            // Refused to everyone but the owner (and root), which is the very question.
            File.SetUnixFileMode(state.Path, PassThrough);
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserException(
                $"the state directory {state.Path} belongs to another user; choose another with --state, or start as its owner", ExitCode.NoPermission);
        }
        catch (IOException e)
        {
            throw new UserException($"the state directory {state.Path} cannot be used: {e.Message}", ExitCode.Unavailable);
        }
    }
}
