namespace Nines.Wire.Signing;

/// <summary>The parameters of a presigned URL.</summary>
internal static class QueryNames
{
    public const string Algorithm = "X-Amz-Algorithm";
    public const string Credential = "X-Amz-Credential";
    public const string Date = "X-Amz-Date";
    public const string Expires = "X-Amz-Expires";
    public const string SignedHeaders = "X-Amz-SignedHeaders";
    public const string Signature = "X-Amz-Signature";
    public const string SecurityToken = "X-Amz-Security-Token";
    public const string ContentSha256 = "X-Amz-Content-Sha256";

    /// <summary>The decoded value of a query's parameter; null when it is absent.</summary>
    public static string? Find(string query, string name)
    {
        foreach (var range in query.AsSpan().Split('&'))
        {
            var parameter = query.AsSpan()[range];
            var equals = parameter.IndexOf('=');
            if (equals >= 0 && parameter[..equals].SequenceEqual(name))
            {
                return UriEncoding.Decode(parameter[(equals + 1)..], plusIsSpace: true);
            }
        }

        return null;
    }
}
