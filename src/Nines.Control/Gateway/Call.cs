using Nines.Wire;

namespace Nines.Control.Gateway;

/// <summary>What a handler knows of the request it answers, beside its input.</summary>
/// <param name="Caller">Who calls.</param>
/// <param name="RequestId">The request's id, as the answer carries it.</param>
/// <param name="Region">The region that was called.</param>
/// <param name="Now">When the request was authenticated; one time for all that it changes.</param>
/// <param name="IsDryRun">Whether only the question is asked if the call would be allowed.</param>
internal sealed record Call(Caller Caller, string RequestId, string Region, DateTimeOffset Now, bool IsDryRun = false)
{
    /// <summary>What the request was.</summary>
    public CallOrigin Origin { get; init; } = CallOrigin.Unknown;

    /// <summary>The account that is called and whose resources are meant.</summary>
    public string AccountId => Caller.AccountId;

    /// <summary>
    /// Ends a dry run. A handler that was mapped with <c>answersDryRun</c> calls it once its input is validated and
    /// before it changes anything; nothing happens in a call that is meant.
    /// </summary>
    /// <exception cref="AwsException">The call is a dry run: <c>DryRunOperation</c>, which is its success.</exception>
    public void AnswerDryRun()
    {
        if (IsDryRun)
        {
            throw DryRunSucceeded();
        }
    }

    /// <summary>The error that is a dry run's success.</summary>
    public static AwsException DryRunSucceeded() =>
        new("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
}
