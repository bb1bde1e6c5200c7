using Nines.Api.Sts;
using Nines.Control.Gateway;
using Nines.Control.Identity;

namespace Nines.Control.Services.Sts;

/// <summary>Who am I, and temporary credentials for who I am.</summary>
internal sealed class StsOperations(SessionTokens sessions) : IOperations
{
    private const int ShortestSeconds = 900;
    private const int LongestSeconds = 129_600;

    /// <summary>Sessions of a root end after an hour at the latest; asking for more is no error ("GetSessionToken", STS API reference).</summary>
    private const int LongestRootSeconds = 3_600;

    public void Map(OperationTable table)
    {
        table.On(StsApi.GetCallerIdentity, GetCallerIdentityAsync);
        table.On(StsApi.GetSessionToken, GetSessionTokenAsync);
    }

    private static ValueTask<GetCallerIdentityResult> GetCallerIdentityAsync(
        GetCallerIdentityRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetCallerIdentityResult
        {
            UserId = call.Caller.UserId,
            Account = call.AccountId,
            Arn = call.Caller.Arn,
        });

    private ValueTask<GetSessionTokenResult> GetSessionTokenAsync(GetSessionTokenRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.DurationSeconds is { } asked and (< ShortestSeconds or > LongestSeconds))
        {
            throw StsErrors.Validation(
                $"{asked}",
                "durationSeconds",
                asked < ShortestSeconds
                    ? $"Member must have value greater than or equal to {ShortestSeconds}"
                    : $"Member must have value less than or equal to {LongestSeconds}");
        }

        if (call.Caller.IsSession)
        {
            throw StsErrors.AccessDenied("Cannot call GetSessionToken with session credentials");
        }

        if (input.SerialNumber is not null || input.TokenCode is not null)
        {
            // No device is registered, so no code of one can be right.
            throw StsErrors.AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
        }

        var caller = call.Caller;
        var seconds = Math.Min(input.DurationSeconds ?? LongestRootSeconds, LongestRootSeconds);

        // AWS answers whole seconds; what is answered and what is checked must be the same time.
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(call.Now.AddSeconds(seconds).ToUnixTimeSeconds());
        var issued = sessions.Issue(caller.AccountId, caller.Arn, caller.UserId, caller.IsRoot, expiresAt);
        return ValueTask.FromResult(new GetSessionTokenResult
        {
            Credentials = new Credentials
            {
                AccessKeyId = issued.AccessKeyId,
                SecretAccessKey = issued.SecretAccessKey,
                SessionToken = issued.SessionToken,
                Expiration = expiresAt,
            },
        });
    }
}
