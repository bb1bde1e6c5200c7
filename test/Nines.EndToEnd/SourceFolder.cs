namespace Nines.EndToEnd;

/// <summary>The checkout that the tests were built from.</summary>
internal static class SourceFolder
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Nines.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("the tests do not lie in a checkout");
    }
}
