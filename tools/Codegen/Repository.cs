namespace Codegen;

/// <summary>Where the repository is.</summary>
internal static class Repository
{
    /// <summary>The nearest folder at or above <paramref name="start"/> that holds the solution.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Root(string start)
    {
        var folder = new DirectoryInfo(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Nines.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run this inside the repository: no folder above holds Nines.slnx.");
    }
}
