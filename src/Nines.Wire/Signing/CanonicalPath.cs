namespace Nines.Wire.Signing;

/// <summary>The path as a signature contains it.</summary>
internal static class CanonicalPath
{
    /// <param name="path">The path as it was sent, percent-encoded.</param>
    /// <param name="policy">The service's rules.</param>
    public static string Of(string path, SigningPolicy policy)
    {
        if (path is "" or "/")
        {
            return "/";
        }

        return policy.NormalisesPath
            ? UriEncoding.Encode(Normalise(path), keepSlash: true)
            : UriEncoding.Reencode(path, keepSlash: true, plusIsSpace: false);
    }

    /// <summary>Removes dot segments and repeated slashes (RFC 3986, section 5.2.4); a slash at the end stays.</summary>
    private static string Normalise(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "..")
            {
                if (segments.Count > 0)
                {
                    segments.RemoveAt(segments.Count - 1);
                }
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }

        var endsInSlash = segments.Count > 0 && (path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal) || path.EndsWith("/..", StringComparison.Ordinal));
        return $"/{string.Join('/', segments)}{(endsInSlash ? "/" : "")}";
    }
}
