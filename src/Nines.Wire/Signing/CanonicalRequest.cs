using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Nines.Wire.Signing;

/// <summary>
/// What is signed: the request in the one form that client and server agree on, then its hash together with the time
/// and the scope (AWS: "Create a signed AWS API request").
/// </summary>
internal static class CanonicalRequest
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>The signature of a request, as 64 lower-case hexadecimal characters in ASCII.</summary>
    public static void Sign(
        in SignableRequest request,
        string[] signedHeaders,
        string payload,
        string time,
        in CredentialScope scope,
        ReadOnlySpan<byte> signingKey,
        bool isPresigned,
        SigningPolicy policy,
        Span<byte> signature)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        Write(buffer, request, signedHeaders, payload, isPresigned, policy);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);

        buffer.ResetWrittenCount();
        Line(buffer, Algorithm);
        Line(buffer, time);
        Text(buffer, scope.Date);
        Text(buffer, "/");
        Text(buffer, scope.Region);
        Text(buffer, "/");
        Text(buffer, scope.Service);
        Text(buffer, "/");
        Line(buffer, CredentialScope.Terminator);
        Convert.TryToHexStringLower(hash, buffer.GetSpan(64), out _);
        buffer.Advance(64);

        HMACSHA256.HashData(signingKey, buffer.WrittenSpan, hash);
        Convert.TryToHexStringLower(hash, signature, out _);
        if (buffer.Capacity > LargestKept)
        {
            t_buffer = null;
        }
    }

    /// <summary>The canonical form, in UTF-8.</summary>
    public static void Write(
        IBufferWriter<byte> output, in SignableRequest request, string[] signedHeaders, string payload, bool isPresigned, SigningPolicy policy)
    {
        Line(output, request.Method);
        Line(output, CanonicalPath.Of(request.Path, policy));
        Line(output, CanonicalQuery.Of(request.Query, isPresigned));
        foreach (var name in signedHeaders)
        {
            Text(output, name);
            Text(output, ":");
            Line(output, Collapse(request.Headers.Find(name) ?? ""));
        }

        Line(output, "");
        for (var index = 0; index < signedHeaders.Length; index++)
        {
            Text(output, index == 0 ? "" : ";");
            Text(output, signedHeaders[index]);
        }

        Line(output, "");
        Text(output, payload);
    }

    /// <summary>A header's value without outer spaces, inner runs of spaces made one.</summary>
    private static string Collapse(string value)
    {
        var trimmed = value.Trim(' ');
        while (trimmed.Contains("  ", StringComparison.Ordinal))
        {
            trimmed = trimmed.Replace("  ", " ", StringComparison.Ordinal);
        }

        return trimmed;
    }

    private static void Line(IBufferWriter<byte> output, string text)
    {
        Text(output, text);
        Text(output, "\n");
    }

    private static void Text(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
