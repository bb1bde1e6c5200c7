using System.Collections;
using Nines.Wire.Signing;

namespace Nines.Wire;

/// <summary>The headers of a message: names in any case, several values of one name kept in order.</summary>
public sealed class WireHeaders : IRequestHeaders, IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    /// <inheritdoc/>
    public IEnumerable<string> Names => _headers.Select(header => header.Key);

    /// <summary>Adds a value; earlier values of the name stay.</summary>
    public void Add(string name, string value) => _headers.Add(new(name, value));

    /// <summary>Adds a value; earlier values of its name stay.</summary>
    public void Add(KeyValuePair<string, string> header) => _headers.Add(header);

    /// <summary>The values of a name joined by a comma, or null when there is none.</summary>
    public string? Find(string name)
    {
        string? found = null;
        foreach (var (key, value) in _headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                found = found is null ? value : found + "," + value;
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _headers.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
