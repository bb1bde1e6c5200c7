namespace Codegen;

/// <summary>The list of implemented operations: <c>service Operation</c> per line, <c>#</c> starts a comment.</summary>
internal static class ImplementedList
{
    /// <summary>The operations of each service, both in ordinal order.</summary>
    /// <exception cref="InvalidOperationException">A line is not two words.</exception>
    public static SortedDictionary<string, SortedSet<string>> Read(string path)
    {
        var services = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2)
            {
                throw new InvalidOperationException($"{path}: '{line}' is not 'service Operation'.");
            }

            if (!services.TryGetValue(words[0], out var operations))
            {
                services[words[0]] = operations = new SortedSet<string>(StringComparer.Ordinal);
            }

            operations.Add(words[1]);
        }

        return services;
    }
}
