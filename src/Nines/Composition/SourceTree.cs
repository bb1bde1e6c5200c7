namespace Nines.Composition;

/// <summary>The checkout that the program was built from: image recipes, tests and benchmarks are run from it.</summary>
internal static class SourceTree
{
    /// <summary>Its root folder; the launcher says which, else it is searched upwards from the program.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("NINES_ROOT") is { Length: > 0 } root)
        {
            return root;
        }

        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Nines.slnx")))
            {
                return folder;
            }
        }

        throw new UserException("the folder of the sources is not known; start Nines with its launcher", ExitCode.Unavailable);
    }
}
