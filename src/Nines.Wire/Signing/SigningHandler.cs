namespace Nines.Wire.Signing;

/// <summary>Signs every request of an <see cref="HttpClient"/>. The body is read into memory, since its hash is signed.</summary>
/// <param name="signer">Signs.</param>
/// <param name="credentials">Whose requests they are: the session token travels beside the signature.</param>
/// <param name="time">The clock of the signatures.</param>
/// <param name="inner">Sends.</param>
public sealed class SigningHandler(RequestSigner signer, Credentials credentials, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var now = time.GetUtcNow();
        var payload = Payload.Hash(body);
        request.Headers.Host ??= request.RequestUri!.Authority;
        request.Headers.TryAddWithoutValidation("X-Amz-Date", RequestSigner.DateText(now));
        request.Headers.TryAddWithoutValidation(Payload.HeaderName, payload);
        if (credentials.SessionToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        var uri = request.RequestUri!;
        var signable = new SignableRequest(request.Method.Method, uri.AbsolutePath, uri.Query.TrimStart('?'), new MessageHeaders(request));

        // Not parsed: .NET takes the commas of AWS's header for the end of a value.
        request.Headers.TryAddWithoutValidation("Authorization", signer.Authorization(signable, payload, now));
        return await base.SendAsync(request, cancellationToken);
    }

    /// <summary>The headers that are signed: those whose value no proxy or client stack changes.</summary>
    private sealed class MessageHeaders(HttpRequestMessage request) : IRequestHeaders
    {
        public IEnumerable<string> Names =>
            request.Headers.Select(header => header.Key)
                .Where(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
                .Append("host")
                .Concat(request.Content?.Headers.ContentType is null ? [] : ["content-type"]);

        public string? Find(string name) =>
            name == "content-type" ? request.Content?.Headers.ContentType?.ToString()
            : request.Headers.TryGetValues(name, out var values) ? string.Join(',', values)
            : null;
    }
}
