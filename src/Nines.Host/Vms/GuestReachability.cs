using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>Whether a guest answers, from one question after the other: pure.</summary>
/// <param name="State">What is known.</param>
/// <param name="Since">Since when.</param>
/// <param name="CheckedAt">When it was last asked.</param>
/// <param name="Failures">How often in a row it has not answered.</param>
internal sealed record GuestReachability(VmReachability State, DateTimeOffset Since, DateTimeOffset? CheckedAt = null, int Failures = 0)
{
    /// <summary>How often a guest is asked that answers: AWS's checks come every minute.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>How often one is asked that does not.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(4);

    /// <summary>How long a boot may take, emulated on a busy machine.</summary>
    public static readonly TimeSpan BootPatience = TimeSpan.FromMinutes(5);

    /// <summary>How often in a row it must not answer before that is told: a busy guest may miss one question.</summary>
    public const int MaximumFailures = 3;

    /// <summary>A guest whose boot has begun.</summary>
    public static GuestReachability Booting(DateTimeOffset now) => new(VmReachability.Initializing, now);

    /// <summary>A guest that was found running.</summary>
    public static GuestReachability Found(DateTimeOffset now) => new(VmReachability.Unknown, now);

    /// <summary>Whether it is time to ask.</summary>
    public bool IsDue(DateTimeOffset now) => CheckedAt is not { } asked || now - asked >= (State is VmReachability.Passed && Failures == 0 ? Interval : RetryInterval);

    /// <summary>What is known after a question; <see langword="null"/>: it could not be asked.</summary>
    public GuestReachability After(bool? answered, DateTimeOffset now)
    {
        var failures = answered switch
        {
            true => 0,
            false => Failures + 1,
            null => Failures,
        };
        var next = answered switch
        {
            true => VmReachability.Passed,
            false when State is VmReachability.Initializing => now - Since >= BootPatience ? VmReachability.Failed : State,
            false when failures >= MaximumFailures => VmReachability.Failed,
            _ => State,
        };
        return this with { State = next, Since = next == State ? Since : now, CheckedAt = now, Failures = failures };
    }
}
