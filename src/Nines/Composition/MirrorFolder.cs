namespace Nines.Composition;

/// <summary>Where the second copies of a cloud's mirrored volumes lie, remembered from one start to the next.</summary>
internal static class MirrorFolder
{
    /// <summary>The folder: as asked, as the state has it, or <see langword="null"/> for none.</summary>
    /// <exception cref="UserException">It is none, or copies lie in another.</exception>
    public static string? Find(CloudPaths state, string? asked)
    {
        var known = Read(state);
        if (asked is null)
        {
            return known;
        }

        var folder = Path.GetFullPath(asked);
        return known is null || known == folder
            ? Directory.Exists(folder) ? folder : throw new UserException($"--mirror names {folder}, which is not there: make it on the disk that shall have the second copies", ExitCode.Usage)
            : throw new UserException($"the second copies of the cloud in {state.Path} lie in {known}, not in {folder}: leave out --mirror, or name that folder", ExitCode.Usage);
    }

    /// <summary>Remembers it. Whoever calls holds the state directory.</summary>
    public static void Keep(CloudPaths state, string? folder)
    {
        if (folder is null || folder == Read(state))
        {
            return;
        }

        var temporary = state.Mirror + ".new";
        File.WriteAllText(temporary, folder + "\n");
        File.Move(temporary, state.Mirror, overwrite: true);
    }

    private static string? Read(CloudPaths state) => File.Exists(state.Mirror) ? File.ReadAllText(state.Mirror).TrimEnd('\n') : null;
}
