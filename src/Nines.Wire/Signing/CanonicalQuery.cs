namespace Nines.Wire.Signing;

/// <summary>The query as a signature contains it: every name and value encoded again, sorted by name, then by value.</summary>
internal static class CanonicalQuery
{
    /// <param name="query">The query as it was sent, without the question mark.</param>
    /// <param name="isPresigned">Whether the signature itself is in the query, and so to be left out.</param>
    public static string Of(string query, bool isPresigned)
    {
        if (query.Length == 0)
        {
            return "";
        }

        var parameters = new List<(string Name, string Value)>();
        foreach (var range in query.AsSpan().Split('&'))
        {
            var parameter = query.AsSpan()[range];
            if (parameter.IsEmpty)
            {
                continue;
            }

            var equals = parameter.IndexOf('=');
            var name = equals < 0 ? parameter : parameter[..equals];
            var value = equals < 0 ? [] : parameter[(equals + 1)..];
            if (isPresigned && name.SequenceEqual(QueryNames.Signature))
            {
                continue;
            }

            parameters.Add((
                UriEncoding.Reencode(name, keepSlash: false, plusIsSpace: true),
                UriEncoding.Reencode(value, keepSlash: false, plusIsSpace: true)));
        }

        parameters.Sort(static (one, other) =>
        {
            var byName = string.CompareOrdinal(one.Name, other.Name);
            return byName != 0 ? byName : string.CompareOrdinal(one.Value, other.Value);
        });
        return string.Join('&', parameters.Select(parameter => $"{parameter.Name}={parameter.Value}"));
    }
}
