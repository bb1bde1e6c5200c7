namespace Nines.Host.Replicas;

/// <summary>What is known of an asynchronous copy.</summary>
/// <param name="At">Its moment, in milliseconds since 1970; <see langword="null"/> when there is none, or it was not looked at yet.</param>
/// <param name="CurrentUntil">When it was last seen that the volume was still as at that moment.</param>
/// <param name="Percent">How much is copied of one that is being made, or <see langword="null"/>.</param>
/// <param name="Error">Why the last attempt came to nothing, or <see langword="null"/>.</param>
internal sealed record ReplicaProgress(long? At = null, DateTimeOffset? CurrentUntil = null, int? Percent = null, string? Error = null)
{
    /// <summary>Nothing is known.</summary>
    public static readonly ReplicaProgress Unknown = new();

    /// <summary>Whoever asks has just had the disk looked at.</summary>
    private static readonly TimeSpan s_justNow = TimeSpan.FromSeconds(1);

    /// <summary>How old what the copy holds is at a time: nothing that the volume held before then is missing in it. None when it was just seen that nothing was written since.</summary>
    public TimeSpan? LagAt(DateTimeOffset now)
    {
        if (At is not { } at)
        {
            return null;
        }

        var moment = DateTimeOffset.FromUnixTimeMilliseconds(at);
        var newest = CurrentUntil > moment ? CurrentUntil.Value : moment;
        return now - newest > (CurrentUntil > moment ? s_justNow : TimeSpan.Zero) ? now - newest : TimeSpan.Zero;
    }
}
