using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nines.Control.Gateway;
using Nines.Control.Services.Kms;
using Nines.Control.Store;

namespace Nines.Control.Audit;

/// <summary>Changes that a client asked for: recorded together with a line that says who asked, in one transaction.</summary>
internal static partial class AuditedWrites
{
    /// <summary>What the keys of all lines begin with. No view holds them: they are on disk alone.</summary>
    public const string Prefix = "/audit/";

    /// <summary>Resources that a line names; a launch of a thousand servers has three thousand.</summary>
    public const int MaxResources = 64;

    private const int MaxParameters = 1024;
    private const int MaxUserAgent = 256;

    /// <summary>As <see cref="Cloud.WriteAsync{TResult}"/>; where the body changed something, a line about the call is a part of it.</summary>
    public static Task<TResult> WriteAsync<TResult>(this Cloud cloud, Call call, Func<CloudTransaction, TResult> body, CancellationToken cancellationToken) =>
        cloud.WriteAsync(
            transaction =>
            {
                var result = body(transaction);
                if (!transaction.IsEmpty)
                {
                    transaction.Append(KeyOf(call, transaction.Revision), JsonSerializer.SerializeToUtf8Bytes(LineOf(call, transaction), AuditJsonContext.Default.AuditLine));
                }

                return result;
            },
            cancellationToken);

    /// <inheritdoc cref="WriteAsync{TResult}"/>
    public static Task WriteAsync(this Cloud cloud, Call call, Action<CloudTransaction> body, CancellationToken cancellationToken) =>
        cloud.WriteAsync(
            call,
            transaction =>
            {
                body(transaction);
                return true;
            },
            cancellationToken);

    /// <summary>In the order of time. The revision tells two transactions of one request apart.</summary>
    private static string KeyOf(Call call, long revision) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{call.Now.UtcTicks:x16}-{call.RequestId}-{revision:x}");

    private static AuditLine LineOf(Call call, CloudTransaction transaction)
    {
        string[] resources = [.. transaction.Written.Where(IsResource).Select(written => written.Id)];
        return new AuditLine
        {
            Time = call.Now,
            RequestId = call.RequestId,
            Action = call.Origin.Action,
            AccountId = call.AccountId,
            PrincipalArn = call.Caller.Arn,
            AccessKeyId = call.Caller.AccessKeyId,
            Region = call.Region,
            SourceAddress = call.Origin.Address?.ToString(),
            UserAgent = Cut(call.Origin.UserAgent, MaxUserAgent),
            Parameters = Cut(call.Origin.Input?.ToString(), MaxParameters),
            Resources = [.. resources.Take(MaxResources)],
            ResourceCount = resources.Length,
        };
    }

    private static string? Cut(string? text, int length) => text?.Length > length ? text[..length] + "..." : text;

    // Addresses, names and tokens have records too; a resource has an id of AWS's form. A key's is a UUID, as many tokens are.
    private static bool IsResource((TableDefinition Table, string Id) written) => written.Table == KmsKey.Table || ResourceIds().IsMatch(written.Id);

    [GeneratedRegex("^[a-z]{1,12}-[0-9a-f]{8,17}\\z")]
    private static partial Regex ResourceIds();
}
