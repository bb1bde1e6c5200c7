namespace Nines.Control.Reconcile;

/// <summary>How a loop works through its records.</summary>
internal sealed record ReconcileOptions
{
    /// <summary>How many records are worked on at once.</summary>
    public int MaxConcurrency { get; init; } = 16;

    /// <summary>One call may take so long; then it is cancelled and counts as failed.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The wait after the first failure; it doubles with each that follows.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>No wait is longer.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// No wait is longer when the record changed during the call that failed: the change may be the cure, or only the failure
    /// itself written down, which must not lead to a loop without a pause.
    /// </summary>
    public TimeSpan ChangedRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait after so many failures in a row, without chance.</summary>
    public TimeSpan RetryAfter(int failures)
    {
        var doubled = FirstRetry * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < LastRetry ? doubled : LastRetry;
    }
}
